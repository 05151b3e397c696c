namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>The result codes of zvt.md §13 that our own conversations use by name; the whole table with texts is ZvtCodes.</summary>
internal static class ZvtResultCodes
{
    public const byte CardNotReadable = 0x64;
    public const byte ProcessingError = 0x66;
    public const byte NotRegistered = 0x6B;
    public const byte Aborted = 0x6C;
    public const byte WrongCurrency = 0x6F;
    public const byte UnknownCommand = 0x83;
    public const byte ProtocolError = 0x9A;
    public const byte PleaseWait = 0x9C;
    public const byte PartialIssue = 0x9D;
    public const byte ReceiverNotReady = 0xA0;
    public const byte NoAnswer = 0xA1;
    public const byte MemoryFull = 0xB1;
    public const byte AlreadyReversed = 0xB4;
    public const byte ReversalNotPossible = 0xB5;
    public const byte AmountOverReservation = 0xB7;
    public const byte PreAuthorisationError = 0xB8;
    public const byte AmountTooSmall = 0xC8;
    public const byte PrinterNotReady = 0xCC;
    public const byte CardInserted = 0xDC;
    public const byte OpenPeriod = 0xF0;
    public const byte SystemError = 0xFF;
}
