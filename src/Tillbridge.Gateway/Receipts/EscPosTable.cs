namespace Tillbridge.Gateway.Receipts;

/// <summary>Tables of letters that receipt printers have, by their usual numbers of ESC t, in the order in which they are tried.</summary>
public enum EscPosTable
{
    /// <summary>IBM 437, with which printers begin.</summary>
    Cp437 = 0,

    /// <summary>IBM 858: Western Europe with the euro.</summary>
    Cp858 = 19,

    /// <summary>IBM 852: Central Europe.</summary>
    Cp852 = 18,

    /// <summary>Windows 1250: Central Europe with the euro.</summary>
    Wpc1250 = 45,

    /// <summary>Windows 1252: Western Europe.</summary>
    Wpc1252 = 16,

    /// <summary>IBM 866: Russian.</summary>
    Cp866 = 17,

    /// <summary>Windows 1251: Cyrillic.</summary>
    Wpc1251 = 46,
}
