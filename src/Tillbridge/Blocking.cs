namespace Tillbridge;

/// <summary>The one place that blocks, for interfaces whose originals block.</summary>
internal static class Blocking
{
    /// <summary>Runs the work on the pool, so that nothing of it waits for the caller's own context, and waits for its end.</summary>
    public static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
