using Tillbridge.Domain.Messages;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Facades.K2;

/// <summary>Reads the section <c>facades.k2</c> (k2-client.md §3).</summary>
internal static class K2OptionsReader
{
    private const int MostSeconds = 3600;

    /// <summary>The options; faults are noted in the fields.</summary>
    public static K2Options Read(JsonFields fields, string directory)
    {
        var usual = new K2Options();
        var language = fields.Text("language", 2);
        if (language is not null && !Messages.Knows(language)) fields.Fault("language", "This must be one of: cs, de, en, fr, ru, sk, uk.");
        var logs = fields.Text("logDirectory");
        var options = usual with
        {
            Compatible = fields.Flag("compatible") ?? false,
            WaitLimit = fields.Seconds("waitLimitSeconds", 1, MostSeconds),
            Language = language ?? usual.Language,
            LogDirectory = logs is null ? null : Path.GetFullPath(Path.Combine(directory, logs)),
            Displacement = fields.Choice("displacement", Words<K2Displacement>.ByWord) ?? usual.Displacement,
        };
        fields.Finish();
        return options;
    }
}
