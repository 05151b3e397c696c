using System.Diagnostics;

namespace Tillbridge.Laboratory.Processes;

/// <summary>
/// A disk of a few megabytes, more than the write-ahead log takes before it is folded in, which only the system's administrator
/// on Linux can have mounted.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Size = "size=16m";

    private SmallDisk(string place) => Place = place;

    public string Place { get; }

    /// <summary>Mounts one.</summary>
    /// <returns>The disk, or null with the reason.</returns>
    public static async Task<(SmallDisk? Disk, string Why)> Mount(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return (null, "a small disk can only be mounted by root on Linux");
        var place = Directory.CreateTempSubdirectory("tillbridge-disk-").FullName;
        var (code, output) = await Call("mount", stop, "-t", "tmpfs", "-o", Size, "tmpfs", place);
        if (code == 0) return (new SmallDisk(place), "");
        Directory.Delete(place);
        return (null, $"this system mounts no small disk: {output.Trim()}");
    }

    /// <summary>Not one more byte fits.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        using var file = new FileStream(Filling, FileMode.Append);
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Free() => File.Delete(Filling);

    public async ValueTask DisposeAsync()
    {
        await Call("umount", CancellationToken.None, Place);
        Directory.Delete(Place);
    }

    private string Filling => Path.Combine(Place, "filling");

    private static async Task<(int Code, string Output)> Call(string program, CancellationToken stop, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        var output = await process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, output);
    }
}
