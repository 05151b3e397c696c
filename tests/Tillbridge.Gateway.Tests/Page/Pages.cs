namespace Tillbridge.Gateway.Tests.Page;

/// <summary>The documents of the working tree that these tests were built from.</summary>
internal static class Pages
{
    /// <summary>The text of a file, named from the root.</summary>
    public static string Read(params string[] path) => File.ReadAllText(PathOf(path));

    /// <summary>Where something is, named from the root.</summary>
    public static string PathOf(params string[] path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Tillbridge.slnx"))) root = root.Parent!;
        return Path.Combine([root.FullName, .. path]);
    }
}
