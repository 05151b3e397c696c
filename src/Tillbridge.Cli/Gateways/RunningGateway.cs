using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tillbridge.Cli.Commands;
using Tillbridge.Cli.Services;
using Tillbridge.Domain;
using Tillbridge.Gateway;
using Tillbridge.Journal;

namespace Tillbridge.Cli.Gateways;

/// <summary>The gateway that owns a journal: what changes the journal while it runs goes through it.</summary>
internal sealed class RunningGateway
{
    private const string KeyVariable = "TILLBRIDGE_API_KEY";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30); // The engine waits up to 20 s for a terminal's line.

    private readonly Uri address;
    private readonly string? key;

    private RunningGateway(Uri address, string? key) => (this.address, this.key) = (address, key);

    /// <summary>
    /// The gateway of this journal: by what it left in the data directory, else by its configuration; null when neither says where one
    /// would be.
    /// </summary>
    public static RunningGateway? Of(JournalChoice choice)
    {
        var settings = choice.Config is { } config ? ConfigCommand.Read(config) : null;
        var place = ProcessOf(JournalDirectory.HolderOf(choice.Data)) is { } process ? GatewayPlace.Find(choice.Data, process) : null;
        var address = place is not null ? Callable(place)
            : settings is not null && ServiceHealth.AddressOf(settings.Listen) is { } health ? new Uri(health, "/")
            : null;
        if (address is null) return null;
        return new(address, settings is { ApiKeys: [var first, ..] } ? first : Environment.GetEnvironmentVariable(KeyVariable));
    }

    /// <summary>A named person concludes an unknown session, through the gateway; says where it was done.</summary>
    /// <exception cref="CliException">The gateway refused it, or does not answer.</exception>
    public async Task<Uri> Resolve(SessionId id, Outcome outcome, string by, string note, CancellationToken stop)
    {
        var body = new JsonObject { ["outcome"] = outcome.ToString().ToLowerInvariant(), ["by"] = by };
        if (note.Length > 0) body["note"] = note;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"v1/sessions/{id}/resolve"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        // Straight to the gateway: a proxy of the environment has nothing to do with it.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Limit };
        try
        {
            using var answer = await client.SendAsync(request, stop);
            if (answer.IsSuccessStatusCode) return address;
            throw Refused(answer.StatusCode, await answer.Content.ReadAsStringAsync(stop));
        }
        catch (HttpRequestException wrong)
        {
            throw new CliException(
                ExitCodes.Failed,
                $"The journal is not ours to write now, and no gateway answers at {address}: {wrong.Message} Nothing was resolved. If a "
                + "session of the command line is running, wait for its end.",
                wrong);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new CliException(
                ExitCodes.Failed,
                $"The gateway at {address} gave no answer within {Limit.TotalSeconds:0} s: look at the session before you try again "
                + $"(tillbridge journal show {id}).",
                late);
        }
    }

    private static int? ProcessOf(string? holder)
    {
        const string Process = "process ";
        return holder is not null && holder.StartsWith(Process, StringComparison.Ordinal)
            && int.TryParse(holder.AsSpan(Process.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    // Who listens everywhere is called here.
    private static Uri? Callable(Uri place) => IPAddress.TryParse(place.Host.Trim('[', ']'), out var address)
        && ServiceHealth.AddressOf(new IPEndPoint(address, place.Port)) is { } health ? new Uri(health, "/") : place;

    private CliException Refused(HttpStatusCode status, string body)
    {
        if (status is HttpStatusCode.Unauthorized)
        {
            return CliException.Usage(
                $"The gateway at {address} wants an API key{(key is null ? "" : ", and not this one")}: name its configuration with "
                + $"--config FILE, or set {KeyVariable}. Nothing was resolved.");
        }

        var said = Detail(body) ?? $"it answered {(int)status}";
        return (int)status is >= 400 and < 500
            ? CliException.Usage($"The gateway at {address} did not resolve it: {said}")
            : new CliException(ExitCodes.Failed, $"The gateway at {address} failed: {said} Look at the session before you try again.");
    }

    private static string? Detail(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["detail"]?.GetValue<string>();
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            return null; // It is no gateway of ours that speaks there.
        }
    }
}
