using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Api.Flows;
using CallCenter.Api.Hosting;
using CallCenter.Api.Trunks;
using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.Routing;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>GraphQL over HTTP on a fresh database, with a switch that has no wires.</summary>
internal sealed class ApiHarness : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly TemporaryFolder _folder = new();
    private GraphQLHost? _host;
    private SourceBlocks? _blocks;
    private Router? _router;

    /// <summary>The phones.</summary>
    public FakeSwitch Switch { get; } = new();

    public FakeGate Gate { get; } = new();

    public HttpClient Http { get; } = new();

    public Center Center { get; private set; } = null!;

    /// <summary>What the switch would have taken up last; null before the first change.</summary>
    public IReadOnlyList<Trunk>? Applied { get; private set; }

    public TrunkConfiguration Trunks { get; private set; } = null!;

    public Knobs Knobs { get; private set; } = null!;

    /// <param name="more">Knobs beside the usual.</param>
    public static async Task<ApiHarness> StartAsync(PostgresFixture postgres, params IReadOnlyList<(string Name, string Value)> more)
    {
        var harness = new ApiHarness();
        var database = await postgres.CreateDatabaseAsync();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CALLCENTER_DATABASE"] = database, ["CALLCENTER_DATA"] = harness._folder.Path, ["CALLCENTER_HTTP_PORT"] = "0", ["CALLCENTER_ADMIN_PASSWORD"] = Password,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        var knobs = Knobs.Read(settings.GetValueOrDefault);
        harness.Knobs = knobs;
        harness.Center = await Center.OpenAsync(knobs, NullLoggerFactory.Instance, default);
        await harness.Center.Projections.StartAsync();
        await FirstRun.PrepareAsync(harness.Center, knobs, default);
        await harness.Center.CatchUpAsync(default);
        harness._blocks = new SourceBlocks(harness.Center.Store, harness.Gate, TimeProvider.System, NullLogger<SourceBlocks>.Instance);
        harness.Trunks = new TrunkConfiguration(harness.Center, trunks => harness.Applied = trunks, _ => Task.FromResult<IReadOnlyList<TrunkStatus>>([]), TimeProvider.System);
        var prompts = await Prompts.CreateAsync(Path.Combine(Path.GetTempPath(), "callcenter-test-prompts"), NullLogger.Instance);
        harness._router = new Router(harness.Center.Store, harness.Switch, new WaitingAudio(prompts), TimeProvider.System, NullLogger<Router>.Instance);
        await harness._router.StartAsync(await Server.ReadFloorAsync(harness.Center, default), default);
        harness._host = await GraphQLHost.StartAsync(harness.Center, harness._router, harness._blocks, sip: null, harness.Trunks, IvrSurroundings.Read(knobs), knobs, NullLoggerFactory.Instance, default);
        harness.Http.BaseAddress = new Uri(harness._host.Address);
        return harness;
    }

    /// <summary>Signs in; a user who is not there yet is made, with this role.</summary>
    public async Task SignInAsync(Role role = Role.Administrator)
    {
        var name = role == Role.Administrator ? FirstRun.Admin : role.ToString();
        await new UserStore(Center.Source).SetPasswordAsync(name, name, Password, [role], default);
        var answer = await QueryAsync($"mutation {{ signIn(userName: \"{name}\", password: \"{Password}\") {{ token }} }}");
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("data").GetProperty("signIn").GetProperty("token").GetString());
    }

    public async Task<JsonElement> QueryAsync(string query, object? variables = null)
    {
        using var response = await Http.PostAsJsonAsync(new Uri("/graphql", UriKind.Relative), new { query, variables });
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The data of a query that must have no error.</summary>
    public async Task<JsonElement> DataAsync(string query, object? variables = null)
    {
        var answer = await QueryAsync(query, variables);
        answer.TryGetProperty("errors", out var errors).ShouldBeFalse(errors.ToString());
        return answer.GetProperty("data");
    }

    /// <summary>The code of the one error of a query.</summary>
    public async Task<(string Code, string Message)> ErrorAsync(string query, object? variables = null)
    {
        var error = (await QueryAsync(query, variables)).GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        return (error.GetProperty("extensions").GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
    }

    public async Task AppendAsync(Guid stream, string type, params IReadOnlyList<DomainEvent> events)
    {
        var append = new StreamAppend(stream, type, ExpectedVersion.Any, [.. events.Select(e => EventData.Of(e))]);
        var result = await Center.Store.AppendAsync(append, new EventMetadata("corr-1", null, "test"));
        await Center.Projections.WaitForAsync(result.LastPosition);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_router is not null)
        {
            await _router.DisposeAsync();
        }

        if (_blocks is not null)
        {
            await _blocks.DisposeAsync();
        }

        await Center.DisposeAsync();
        _folder.Dispose();
    }
}
