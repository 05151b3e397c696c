namespace Tillbridge.Facades.Rows;

/// <summary>What a column holds.</summary>
public enum RowType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>An amount; read digit by digit, never as a binary fraction.</summary>
    Double,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A date and time, written as YYMMDDHHmmSS.</summary>
    DateTime,
}

/// <summary>One column of a connector.</summary>
/// <param name="Name">Its name, exactly as the seed spells it.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Nullable">False when every row must have it.</param>
/// <param name="Description">One sentence.</param>
public sealed record RowColumn(string Name, RowType Type, bool Nullable, string Description);
