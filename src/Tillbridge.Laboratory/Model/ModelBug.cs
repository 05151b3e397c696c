namespace Tillbridge.Laboratory.Model;

/// <summary>Bugs that the model must find; None is the product.</summary>
internal enum ModelBug
{
    None,

    /// <summary>The till is told what the loop holds, before the disk has it.</summary>
    TellsBeforeDurable,

    /// <summary>The money command is sent again when the line broke.</summary>
    RetriesOnTimeOut,

    /// <summary>A terminal that does not find the booking is believed.</summary>
    BelievesNotFound,

    /// <summary>The commit leaves before the announced result is durable.</summary>
    CommitsTooSoon,

    /// <summary>A session that was in flight at a restart is taken for one that was not sent.</summary>
    RestartForgetsTheSend,
}
