using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CallCenter.Driving;

/// <summary>A sample center seen and used from outside: reports over GraphQL, phones by SIPp.</summary>
internal sealed class CenterClient(ServerProcess server) : IDisposable
{
    public const string Support = "1000";
    public const string Sales = "1001";

    private readonly GraphQLClient _graphQL = new(server.GraphQLAddress);

    public GraphQLClient GraphQL => _graphQL;

    public static async Task<CenterClient> ConnectAsync(ServerProcess server)
    {
        var client = new CenterClient(server);
        await client._graphQL.SignInAsync(ServerProcess.Password);
        return client;
    }

    /// <summary>Passwords of phones that a test has made.</summary>
    public Dictionary<string, string> Passwords { get; } = new(StringComparer.Ordinal);

    /// <summary>The SIP password of an extension: the test's own, or the one that the sample center made up.</summary>
    public string PasswordOf(string extension)
    {
        if (Passwords.TryGetValue(extension, out var own))
        {
            return own;
        }

        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(server.DataFolder, "sample-center.json")));
        return file.RootElement.GetProperty("agents").EnumerateArray().Single(a => a.GetProperty("extension").GetString() == extension).GetProperty("password").GetString()!;
    }

    /// <summary>Registers phones that take calls at a port, one after the other, so that the first has been idle longest; waits until their agents are signed in.</summary>
    public Task<Registration> RegisterAsync(int contactPort, params IReadOnlyList<string> extensions) => RegisterOverAsync("udp", contactPort, extensions);

    /// <summary>Registers phones that take calls over a transport of their own.</summary>
    /// <param name="transport">udp or tcp.</param>
    /// <param name="contactPort">Where they take calls.</param>
    /// <param name="extensions">Whose phones they are.</param>
    public async Task<Registration> RegisterOverAsync(string transport, int contactPort, params IReadOnlyList<string> extensions)
    {
        foreach (var extension in extensions)
        {
            await RunRegisterAsync(contactPort, 120, [extension], transport);
            await AgentsBecomeAsync([extension], status => status != "SIGNED_OUT", "signed in");
        }

        return new Registration(this, contactPort, extensions, transport);
    }

    public Task StatusBecomesAsync(string status, params IReadOnlyList<string> extensions) => AgentsBecomeAsync(extensions, s => s == status, status);

    public async Task<IReadOnlyList<AgentRecord>> AgentsAsync() =>
        (await _graphQL.AskAsync<Nodes<AgentRecord>>("agents", $"{{ agents {{ nodes {{ {AgentRecord.Fields} }} }} }}")).Items;

    /// <summary>The calls of some callers, in their order.</summary>
    public async Task<IReadOnlyList<CallRecord>> CallsAsync(IReadOnlyList<string> callers)
    {
        var calls = await _graphQL.AskAsync<Nodes<CallRecord>>("calls", $"{{ calls(first: 1000) {{ nodes {{ {CallRecord.Fields} }} }} }}");
        return [.. callers.SelectMany(caller => calls.Items.Where(c => c.From == caller))];
    }

    public async Task<IReadOnlyList<CallRecord>> CallsBecomeAsync(IReadOnlyList<string> callers, Func<CallRecord, bool> wanted, string what) => await Eventually.BecomesAsync(
        () => CallsAsync(callers), calls => calls.Count == callers.Count && calls.All(wanted), $"{callers.Count} calls: {what}");

    /// <summary>The one call of a caller, as soon as it is on record.</summary>
    public async Task<CallRecord> CallAsync(string caller) => (await CallsBecomeAsync([caller], _ => true, "are on record"))[0];

    /// <summary>Waits until a call is in a state.</summary>
    public async Task<CallRecord> CallBecomesAsync(string caller, string state) => (await CallsBecomeAsync([caller], c => c.State == state, $"become {state}"))[0];

    /// <summary>The recording of a call, as soon as it is told.</summary>
    public Task<JsonElement> RecordingAsync(string call) => Eventually.BecomesAsync(
        async () => (await _graphQL.AskAsync("query($id: ID!) { call(id: $id) { recording { id url startedAt durationSeconds sha256 failure } } }", new { id = call })).GetProperty("call").GetProperty("recording"),
        recording => recording.ValueKind == JsonValueKind.Object, "the recording is told");

    /// <summary>Figures of a queue for all contacts from an instant on.</summary>
    public async Task<KpiRecord> KpisAsync(string queueNumber, DateTimeOffset from)
    {
        var queues = (await _graphQL.AskAsync("{ queues { id number } }")).GetProperty("queues");
        var queue = queues.EnumerateArray().Single(q => q.GetProperty("number").GetString() == queueNumber).GetProperty("id").GetString();
        var report = await _graphQL.AskAsync<Report>("kpis",
            $"query($from: DateTime!, $to: DateTime!, $queue: ID!) {{ kpis(where: {{ from: $from, to: $to, queues: [$queue] }}) {{ total {{ {KpiRecord.Fields} }} }} }}",
            new { from, to = from.AddDays(1), queue });
        return report.Total;
    }

    /// <summary>The whole trail, oldest first.</summary>
    public async Task<IReadOnlyList<EventRecord>> EventsAsync()
    {
        var events = new List<EventRecord>();
        string? after = null;
        while (true)
        {
            var page = await _graphQL.AskAsync<Nodes<EventRecord>>("events",
                $"query($after: String) {{ events(first: 1000, after: $after) {{ nodes {{ {EventRecord.Fields} }} pageInfo {{ hasNextPage endCursor }} }} }}", new { after });
            events.AddRange(page.Items);
            if (page.PageInfo is not { HasNextPage: true } info)
            {
                return events;
            }

            after = info.EndCursor;
        }
    }

    /// <summary>Tells the SIPp of a caller, by a MESSAGE in the call's name, to hang up now.</summary>
    public static async Task TellToHangUpAsync(Sipp caller, CallRecord call)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var sentBy = socket.Client.LocalEndPoint;
        var message = string.Create(CultureInfo.InvariantCulture, $"""
            MESSAGE sip:test@127.0.0.1 SIP/2.0
            Via: SIP/2.0/UDP {sentBy};branch=z9hG4bK{Guid.NewGuid():N}
            From: <sip:test@127.0.0.1>;tag=1
            To: <sip:test@127.0.0.1>
            Call-ID: {call.SipCallId}
            CSeq: 1 MESSAGE
            Content-Length: 0


            """).ReplaceLineEndings("\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(message), new IPEndPoint(IPAddress.Loopback, caller.Port));
    }

    /// <summary>A client that may fetch what the signed-in user may.</summary>
    public async Task<HttpClient> HttpAsync()
    {
        var signedIn = await _graphQL.AskAsync("mutation($password: String!) { signIn(userName: \"admin\", password: $password) { token } }", new { password = ServerProcess.Password });
        var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("signIn").GetProperty("token").GetString());
        return http;
    }

    public async Task RunRegisterAsync(int contactPort, int expires, IReadOnlyList<string> extensions, string transport = "udp")
    {
        await using var register = Sipp.Register("agent-register", server.Sip, [.. extensions.Select(e => (e, PasswordOf(e)))], contactPort, expires, transport);
        await register.ShouldSucceedAsync();
    }

    public void Dispose() => _graphQL.Dispose();

    private async Task AgentsBecomeAsync(IReadOnlyList<string> extensions, Func<string, bool> wanted, string what) => await Eventually.BecomesAsync(
        async () => (await AgentsAsync()).Where(a => extensions.Contains(a.Extension, StringComparer.Ordinal)).ToList(),
        agents => agents.TrueForAll(a => wanted(a.Status)), $"agents {string.Join(", ", extensions)} are {what}");

    private sealed record Report(KpiRecord Total);

    private sealed record PageInfo(bool HasNextPage, string? EndCursor);

    private sealed record Nodes<T>([property: System.Text.Json.Serialization.JsonPropertyName("nodes")] IReadOnlyList<T> Items, PageInfo? PageInfo = null);
}

/// <summary>Phones that are registered until this is disposed: then their agents are signed out, and the next test finds the floor empty.</summary>
internal sealed class Registration(CenterClient center, int contactPort, IReadOnlyList<string> extensions, string transport) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await center.RunRegisterAsync(contactPort, 0, extensions, transport);
        await center.StatusBecomesAsync("SIGNED_OUT", extensions);
    }
}
