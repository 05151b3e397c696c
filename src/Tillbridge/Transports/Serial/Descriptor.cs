using System.Runtime.InteropServices;

namespace Tillbridge.Transports.Serial;

/// <summary>An open file of the system, closed once and not while somebody uses it.</summary>
internal sealed class Descriptor : SafeHandle
{
    public Descriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    public override bool IsInvalid => handle < 0;

    /// <summary>The number; only while the owner holds this open.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => UnixNative.Close((int)handle) == 0;
}
