namespace Tillbridge.Domain;

/// <summary>What a driver tells while it talks with a terminal. The next event is asked for only when this one is dealt with.</summary>
public abstract record TerminalEvent;

/// <summary>Something to show to cashier or cardholder.</summary>
/// <param name="Key">Stable key, for example <c>zvt.status.0A</c>.</param>
/// <param name="Text">The terminal's own words; null when it sent only a code.</param>
public sealed record Progress(string Key, string? Text = null) : TerminalEvent;

/// <summary>
/// The next byte can move money. The engine makes this durable before it asks for the next event; an error before this
/// event is certain not to have moved money, an error after it is not.
/// </summary>
/// <param name="Baseline">The terminal's last booking, if known.</param>
public sealed record AboutToSend(Baseline? Baseline) : TerminalEvent;

/// <summary>
/// The terminal named a result that our next message commits. The engine makes it durable before it asks for the next
/// event, so the commit never runs ahead of the journal (zvt.md §7.3, §9.8).
/// </summary>
/// <param name="Conclusion">The result; not final before <see cref="Concluded"/>.</param>
public sealed record ResultAnnounced(Conclusion Conclusion) : TerminalEvent;

/// <summary>The terminal waits for a second step by our caller, and undoes the booking without it.</summary>
/// <param name="Conclusion">What will be committed.</param>
public sealed record ConfirmationNeeded(Conclusion Conclusion) : TerminalEvent;

/// <summary>A receipt came.</summary>
/// <param name="Receipt">The receipt.</param>
public sealed record ReceiptPrinted(Receipt Receipt) : TerminalEvent;

/// <summary>Something that must not happen did; a person has to look at it.</summary>
/// <param name="Code">A stable code out of <see cref="Reason"/>.</param>
/// <param name="Text">What was seen, without card data.</param>
public sealed record IncidentSeen(string Code, string Text) : TerminalEvent;

/// <summary>The end of a conversation: the terminal's word.</summary>
/// <param name="Conclusion">The conclusion.</param>
public sealed record Concluded(Conclusion Conclusion) : TerminalEvent;

/// <summary>Recovery only: the terminal can be reached again.</summary>
public sealed record Reached : TerminalEvent;

/// <summary>Recovery only, always last: the terminal could not tell this time.</summary>
/// <param name="Reason">A stable code out of <see cref="Domain.Reason"/>.</param>
/// <param name="Text">What was seen.</param>
/// <param name="AskAgain">False when asking again cannot help and a person must decide.</param>
public sealed record StillUnclear(string Reason, string Text, bool AskAgain) : TerminalEvent;

/// <summary>
/// Recovery only, always last: the terminal's answers may be believed when it gives them again after a while. One that is idle at once
/// after a break may still be booking (protocols README §5.1).
/// </summary>
/// <param name="After">How long to wait before it is asked again.</param>
/// <param name="Text">What was seen.</param>
public sealed record SecondLookNeeded(TimeSpan After, string Text) : TerminalEvent;
