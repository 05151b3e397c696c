using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.K2;

/// <summary>Client objects over an engine in the till's own process, set up by the same file as a gateway.</summary>
public static class K2Configuration
{
    extension(K2Terminals)
    {
        /// <summary>
        /// Reads <c>tillbridge.json</c>, opens its data directory and starts the engine; nothing listens. A data directory has one owner:
        /// where a gateway runs on it, use <see cref="K2Terminals.Connect"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The configuration is wrong; the message names every fault.</exception>
        /// <exception cref="JournalException">The journal cannot be opened; the message names cause and cure.</exception>
        public static K2Terminals FromConfiguration(string path) => Blocking.Run(() => Open(path));
    }

    private static async Task<K2Terminals> Open(string path)
    {
#pragma warning disable RS0030 // Here a host is composed: the till's own program.
        var clock = TimeProvider.System;
#pragma warning restore RS0030
        var (settings, faults) = GatewaySettings.Load(path, ProtocolCatalog.ByName, clock);
        if (settings is null) throw new ArgumentException(string.Join(Environment.NewLine, faults));
        settings.Witness?.RequirePresence();
        var logs = Composition.MakeLogs(settings, new GatewayParts(ProtocolCatalog.ByName, clock, IdSource.Of(clock)));
        var engine = await K2Engine.Start(settings, logs, clock);
        return new K2Terminals(new EngineLink(engine.Terminals, engine.Hosting), settings.K2, clock, IdSource.Of(clock));
    }
}
