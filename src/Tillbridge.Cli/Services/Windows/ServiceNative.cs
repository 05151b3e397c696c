using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>
/// The functions of advapi32 that a service needs, as its documentation declares them. Never run by us: there was no Windows.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ServiceNative
{
    public const uint AllAccess = 0xF003F;
    public const uint MayConnect = 0x0001;
    public const uint ServiceAllAccess = 0xF01FF;
    public const uint MayQueryStatus = 0x0004;
    public const uint OwnProcess = 0x10;
    public const uint AutoStart = 2;
    public const uint ErrorNormal = 1;
    public const uint ConfigDescription = 1;
    public const uint ConfigFailureActions = 2;
    public const uint ConfigFailureActionsFlag = 4;
    public const uint ActionRestart = 1;
    public const uint StatusProcess = 0;

    public const uint Stopped = 1;
    public const uint StartPending = 2;
    public const uint StopPending = 3;
    public const uint Running = 4;

    public const uint AcceptStop = 1;
    public const uint AcceptShutdown = 4;
    public const uint ControlStop = 1;
    public const uint ControlInterrogate = 4;
    public const uint ControlShutdown = 5;

    public const int NotImplemented = 120;
    public const int AccessDenied = 5;
    public const int NotActive = 1062;
    public const int AlreadyRunning = 1056;
    public const int DoesNotExist = 1060;
    public const int Exists = 1073;
    public const int NotStartedByManager = 1063;
    public const uint ServiceSpecificError = 1066;

    private const string Library = "advapi32.dll";

    [LibraryImport(Library, EntryPoint = "OpenSCManagerW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint OpenManager(string? machine, string? database, uint access);

    [LibraryImport(Library, EntryPoint = "CreateServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateService(
        nint manager, string name, string displayName, uint access, uint type, uint start, uint errorControl, string commandLine,
        string? loadOrderGroup, nint tag, string? dependencies, string? account, string? password);

    [LibraryImport(Library, EntryPoint = "ChangeServiceConfigW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ChangeService(
        nint service, uint type, uint start, uint errorControl, string commandLine, string? loadOrderGroup, nint tag,
        string? dependencies, string? account, string? password, string? displayName);

    [LibraryImport(Library, EntryPoint = "OpenServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint OpenService(nint manager, string name, uint access);

    [LibraryImport(Library, EntryPoint = "ChangeServiceConfig2W", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Configure(nint service, uint level, void* value);

    [LibraryImport(Library, EntryPoint = "StartServiceW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartService(nint service, uint count, nint arguments);

    [LibraryImport(Library, EntryPoint = "ControlService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ControlService(nint service, uint control, out Status status);

    [LibraryImport(Library, EntryPoint = "DeleteService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DeleteService(nint service);

    [LibraryImport(Library, EntryPoint = "QueryServiceStatusEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryStatus(nint service, uint level, out ProcessStatus status, uint size, out uint needed);

    [LibraryImport(Library, EntryPoint = "CloseServiceHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Close(nint handle);

    [LibraryImport(Library, EntryPoint = "StartServiceCtrlDispatcherW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Dispatch(TableEntry* table);

    [LibraryImport(Library, EntryPoint = "RegisterServiceCtrlHandlerExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint RegisterHandler(string name, delegate* unmanaged<uint, uint, nint, nint, uint> handler, nint context);

    [LibraryImport(Library, EntryPoint = "SetServiceStatus", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetStatus(nint handle, in Status status);

    /// <summary>SERVICE_STATUS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Status
    {
        public uint Type, State, Accepts, ExitCode, SpecificExitCode, CheckPoint, WaitHintMs;
    }

    /// <summary>SERVICE_STATUS_PROCESS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProcessStatus
    {
        public Status Status;
        public uint Process, Flags;
    }

    /// <summary>SERVICE_TABLE_ENTRYW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TableEntry
    {
        public char* Name;
        public delegate* unmanaged<uint, nint, void> Main;
    }

    /// <summary>SC_ACTION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureAction
    {
        public uint Type, DelayMs;
    }

    /// <summary>SERVICE_FAILURE_ACTIONSW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureActions
    {
        public uint ResetSeconds;
        public char* RebootMessage, Command;
        public uint Count;
        public FailureAction* Actions;
    }
}
