namespace Tillbridge.Facades.Rows;

/// <summary>How a row ended. The first five are the outcomes of its session.</summary>
public enum RowOutcome
{
    /// <summary>Approved, or an operation without money succeeded.</summary>
    Approved,

    /// <summary>Refused, or booked and taken back.</summary>
    Declined,

    /// <summary>Stopped by customer or cashier.</summary>
    Cancelled,

    /// <summary>Ended with certainty that no money moved.</summary>
    Failed,

    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>The row itself is wrong; the terminal was not contacted.</summary>
    Invalid,

    /// <summary>Not executed because an earlier session of the terminal is unknown; a resume tries it again.</summary>
    Skipped,
}
