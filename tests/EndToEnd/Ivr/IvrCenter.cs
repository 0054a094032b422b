using System.Text.Json;

using CallCenter.Driving;
using CallCenter.Telephony.Media;
using CallCenter.Testing;

using Npgsql;

namespace CallCenter.EndToEnd.Tests.Ivr;

/// <summary>A center with recorded prompts that are tones, and a bank beside it with a database and a web service.</summary>
public sealed class IvrCenter : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private CenterClient? _client;
    private NpgsqlDataSource? _database;

    internal ServerProcess Server => _server!;

    internal CenterClient Client => _client!;

    internal BankService Bank { get; } = new();

    /// <summary>The center's own database.</summary>
    internal NpgsqlDataSource Database => _database!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        var (own, banks) = (await _postgres.CreateDatabaseAsync(), await _postgres.CreateDatabaseAsync());
        _database = NpgsqlDataSource.Create(own);
        await using (var bank = NpgsqlDataSource.Create(banks))
        {
            await using var command = bank.CreateCommand("create table accounts (number text primary key, pin_hash text not null); insert into accounts values ('4711', md5('86420975'))");
            await command.ExecuteNonQueryAsync();
        }

        var connections = Path.Combine(_folder.Path, "connections.json");
        await File.WriteAllTextAsync(connections, JsonSerializer.Serialize(new Dictionary<string, string> { ["bank"] = banks }));
        _server = new ServerProcess(("CALLCENTER_DATABASE", own), ("CALLCENTER_CONNECTIONS", connections));
        await Server.StartAsync();
        _client = await CenterClient.ConnectAsync(Server);
    }

    /// <summary>Puts a tone of half a minute where recorded prompts are.</summary>
    /// <returns>The file's name.</returns>
    internal string Tone(int frequency, double seconds = 30)
    {
        var samples = new short[(int)(seconds * Sound.SampleRate)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(10_000 * Math.Sin(2 * Math.PI * frequency * i / Sound.SampleRate));
        }

        var name = $"{frequency}-{seconds}.wav";
        using var file = File.Create(Path.Combine(Server.DataFolder, "ivr", name));
        new AudioClip(samples).WriteWav(file);
        return name;
    }

    /// <summary>Saves and activates a flow, and has a number lead into it.</summary>
    /// <param name="number">The number; the flow is named after it.</param>
    /// <param name="steps">The flow's text after its name.</param>
    /// <param name="also">Further settings of the number.</param>
    internal async Task<string> ServeAsync(string number, string steps, object? also = null)
    {
        var name = $"at-{number}";
        await ActivateAsync($"flow: {name}\n{steps}", name);
        var input = new Dictionary<string, object?>(StringComparer.Ordinal) { ["number"] = number, ["to"] = new { kind = "FLOW", target = name } };
        foreach (var property in also?.GetType().GetProperties() ?? [])
        {
            input[property.Name] = property.GetValue(also);
        }

        var configured = await Client.GraphQL.AskAsync("mutation ($input: NumberInput!) { configureNumber(input: $input) { errors { message } } }", new { input });
        configured.GetProperty("configureNumber").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{configured}");
        return name;
    }

    /// <summary>Saves a flow and has calls go through it.</summary>
    internal async Task ActivateAsync(string source, string name)
    {
        var saved = await Client.GraphQL.AskAsync("mutation ($source: String!) { saveFlow(source: $source) { errors { message } } }", new { source });
        saved.GetProperty("saveFlow").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{saved}");
        var activated = await Client.GraphQL.AskAsync("mutation ($name: String!) { activateFlow(name: $name) { errors { message } } }", new { name });
        activated.GetProperty("activateFlow").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{activated}");
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Bank.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        await _postgres.DisposeAsync();
        _folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class IvrCenterCollection : ICollectionFixture<IvrCenter>
{
    public const string Name = "ivr center";
}
