using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tillbridge.Transports.Serial;

/// <summary>Opens a serial port on Linux: exclusively, without flow control or translation, with nothing stale in it.</summary>
internal static class UnixSerial
{
    // struct termios of Linux: four words of flags, the line discipline, then the control characters.
    private const int TermiosBytes = 128; // 60 are used; the rest is room.
    private const int InputFlags = 0;
    private const int ControlFlags = 8;
    private const int ControlCharacters = 17;
    private const int InterByteTime = 5;  // VTIME
    private const int FewestBytes = 6;    // VMIN

    private const uint CheckParity = 0x10;           // INPCK
    private const uint SizeMask = 0x30;              // CSIZE
    private const uint SevenBits = 0x20;
    private const uint EightBits = 0x30;
    private const uint TwoStopBits = 0x40;           // CSTOPB
    private const uint Reader = 0x80;                // CREAD
    private const uint WithParity = 0x100;           // PARENB
    private const uint OddParity = 0x200;            // PARODD
    private const uint IgnoreModemLines = 0x800;     // CLOCAL
    private const uint HardwareFlow = 0x80000000;    // CRTSCTS
    private const uint Form = SizeMask | TwoStopBits | WithParity | OddParity;
    private const int Now = 0;                       // TCSANOW

    private const int OpenFlags =
        UnixNative.ReadWrite | UnixNative.NoControllingTerminal | UnixNative.NonBlocking | UnixNative.CloseOnExec;

    private static readonly Dictionary<int, uint> Speeds = new()
    {
        [1200] = 0x9, [2400] = 0xB, [4800] = 0xC, [9600] = 0xD, [19200] = 0xE, [38400] = 0xF,
        [57600] = 0x1001, [115200] = 0x1002, [230400] = 0x1003,
    };

    /// <exception cref="LinkLostException">It cannot be opened or set; the message names cause and cure.</exception>
    public static UnixPort Open(string device, SerialMode mode)
    {
        var port = new Descriptor(UnixNative.Open(device, OpenFlags));
        if (port.IsInvalid) throw UnixSerialFault.Of(device, Marshal.GetLastPInvokeError());
        try
        {
            Take(port, device);
            return Prepare(port, device, mode);
        }
        catch (LinkLostException)
        {
            port.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Why the port cannot be opened now; null when it can. Nothing is sent, set or thrown away, so that whoever has it open
    /// notices nothing.
    /// </summary>
    public static LinkLostException? WhyClosed(string device)
    {
        using var port = new Descriptor(UnixNative.Open(device, OpenFlags));
        if (port.IsInvalid) return UnixSerialFault.Of(device, Marshal.GetLastPInvokeError());
        Span<byte> termios = stackalloc byte[TermiosBytes];
        if (UnixNative.GetAttributes(port, termios) < 0) return UnixSerialFault.Of(device, Marshal.GetLastPInvokeError());
        // Root gets in although the port is taken, and has to ask. The lock is not tried: who opens the port just now would miss it.
        var isTaken = UnixNative.Query(port, UnixNative.IsExclusive, out var exclusive) == 0 && exclusive != 0;
        return isTaken ? UnixSerialFault.Of(device, UnixNative.Busy) : null;
    }

    /// <summary>No echo, no translation, no waiting for lines or bytes.</summary>
    public static void MakeRaw(Descriptor terminal, string device)
    {
        Span<byte> termios = stackalloc byte[TermiosBytes];
        Check(UnixNative.GetAttributes(terminal, termios), device);
        UnixNative.MakeRaw(termios);
        Check(UnixNative.SetAttributes(terminal, Now, termios), device);
    }

    private static UnixPort Prepare(Descriptor port, string device, SerialMode mode)
    {
        try
        {
            Check(UnixNative.Control(port, UnixNative.Exclusive, 0), device);
            SetForm(port, device, mode);
            RaiseLines(port, device);
            // What an earlier conversation left must not be taken for an answer of this one.
            Check(UnixNative.Flush(port, UnixNative.FlushBoth), device);
            return new UnixPort(port, device, () => Vacate(port));
        }
        catch (LinkLostException)
        {
            Vacate(port);
            throw;
        }
    }

    // Said, not left to the closing: a program that this one starts has a copy of the port until it becomes itself, and a lock
    // lives as long as the last copy. The lock goes last, for whoever gets it sets the exclusive mode anew.
    private static void Vacate(Descriptor port)
    {
        UnixNative.Control(port, UnixNative.NotExclusive, 0);
        UnixNative.Lock(port, UnixNative.Unlock);
    }

    // The lock keeps out our own processes, also those of root; the exclusive mode keeps out everybody else's.
    private static void Take(Descriptor port, string device)
    {
        if (UnixNative.Lock(port, UnixNative.LockExclusively | UnixNative.LockWithoutWaiting) >= 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw UnixSerialFault.Of(device, error == UnixNative.TryAgain ? UnixNative.Busy : error);
    }

    private static void SetForm(Descriptor port, string device, SerialMode mode)
    {
        Span<byte> termios = stackalloc byte[TermiosBytes];
        Check(UnixNative.GetAttributes(port, termios), device);
        UnixNative.MakeRaw(termios);
        var input = BinaryPrimitives.ReadUInt32LittleEndian(termios[InputFlags..]);
        // A character with a wrong parity arrives as 00; the check of the frame finds it out.
        input = mode.Parity is SerialParity.None ? input & ~CheckParity : input | CheckParity;
        var control = BinaryPrimitives.ReadUInt32LittleEndian(termios[ControlFlags..]) & ~(Form | HardwareFlow);
        control |= Reader | IgnoreModemLines | WantedForm(mode);
        BinaryPrimitives.WriteUInt32LittleEndian(termios[InputFlags..], input);
        BinaryPrimitives.WriteUInt32LittleEndian(termios[ControlFlags..], control);
        (termios[ControlCharacters + InterByteTime], termios[ControlCharacters + FewestBytes]) = (0, 0);
        var speed = Speeds[mode.Baud];
        Check(UnixNative.SetInputSpeed(termios, speed), device);
        Check(UnixNative.SetOutputSpeed(termios, speed), device);
        var set = UnixNative.SetAttributes(port, Now, termios);
        var error = set < 0 ? Marshal.GetLastPInvokeError() : 0;
        // A pty has neither speed nor parity and says so in its own way: every byte passes it unchanged.
        if (IsPty(device)) return;
        if (error is not (0 or UnixNative.InvalidArgument)) throw UnixSerialFault.Of(device, error);
        Span<byte> real = stackalloc byte[TermiosBytes];
        Check(UnixNative.GetAttributes(port, real), device);
        var form = BinaryPrimitives.ReadUInt32LittleEndian(real[ControlFlags..]) & Form;
        if (error == 0 && form == WantedForm(mode) && UnixNative.GetOutputSpeed(real) == speed) return;
        throw new LinkLostException($"The serial port {device} cannot do {mode}: set baud and framing to what terminal and port can.")
        {
            Fault = ConnectFault.ModeNotServed,
        };
    }

    private static uint WantedForm(SerialMode mode) =>
        (mode.DataBits == 7 ? SevenBits : EightBits)
        | (mode.StopBits == 2 ? TwoStopBits : 0)
        | mode.Parity switch { SerialParity.None => 0, SerialParity.Even => WithParity, _ => WithParity | OddParity };

    // Some terminals take no bytes without them; a pty and some adapters have none.
    private static void RaiseLines(Descriptor port, string device)
    {
        var lines = UnixNative.DataTerminalReady | UnixNative.RequestToSend;
        if (UnixNative.Control(port, UnixNative.SetModemLines, in lines) == 0) return;
        if (Marshal.GetLastPInvokeError() is var error and not (UnixNative.NotATerminal or UnixNative.InvalidArgument))
            throw UnixSerialFault.Of(device, error);
    }

    private static bool IsPty(string device)
    {
        try
        {
            var real = File.ResolveLinkTarget(device, returnFinalTarget: true)?.FullName ?? device;
            return real.StartsWith("/dev/pts/", StringComparison.Ordinal);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Check(int result, string device)
    {
        if (result < 0) throw UnixSerialFault.Of(device, Marshal.GetLastPInvokeError());
    }
}
