namespace Tillbridge.Gateway.Tests.Support;

/// <summary>The place outside of data directories for every program that these tests start; gone with the run.</summary>
internal static class StateHome
{
    public static string Directory { get; } = Make();

    private static string Make()
    {
        var made = System.IO.Directory.CreateTempSubdirectory("tillbridge-state").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(made, recursive: true);
        return made;
    }
}
