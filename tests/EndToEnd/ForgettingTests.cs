using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.EndToEnd.Tests;

/// <summary>A customer forgotten by the command line, beside the running server.</summary>
public sealed class ForgettingTests : IAsyncLifetime
{
    private const string Csv = """
        vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server
        AA0207,7039,17702523,2,PS,1999-08-01,12:04:42,12:04:52,10,12:04:52,12:06:33,101,AGENT,12:06:32,12:07:34,62,VICKY
        AA0207,7040,17702524,2,PS,1999-08-01,12:04:42,12:04:52,10,12:04:52,12:06:33,101,AGENT,12:06:32,12:07:34,62,VICKY

        """;

    private readonly ServerProcess _server = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Who_is_forgotten_beside_a_running_server_is_forgotten_by_it_at_once()
    {
        await _server.StartAsync();
        var file = Path.Combine(_folder.Path, "bank.csv");
        await File.WriteAllTextAsync(file, Csv);
        (await _server.RunAsync(["import", "--format", "anonymous-bank", file])).ExitCode.ShouldBe(0);
        using var center = await CenterClient.ConnectAsync(_server);
        await Eventually.BecomesAsync(() => CustomersAsync(center), customers => customers.SequenceEqual(["17702523", "17702524"]), "the running server shows both customers");

        var forgotten = await _server.RunAsync(["forget", "--customer", "17702523"]);

        forgotten.ExitCode.ShouldBe(0, forgotten.Output);
        forgotten.Output.ShouldContain("Forgotten: 1 person, 1 key destroyed.");
        (await CustomersAsync(center)).ShouldBe(["17702524", "forgotten"]);
        var again = await _server.RunAsync(["forget", "--customer", "17702523"]);
        again.ExitCode.ShouldBe(1);
        again.Output.ShouldContain("Nobody is known by customer 17702523.");
        File.Exists(Path.Combine(_server.DataFolder, "keys", "master-key")).ShouldBeTrue();
        var strange = await _server.RunAsync(["forget", "--customer", "17702524"], ("CALLCENTER_KEYS", _folder.Path));
        strange.ExitCode.ShouldBe(1);
        strange.Output.ShouldContain($"The master key {Path.Combine(_folder.Path, "master-key")} is missing");
    }

    [Theory]
    [InlineData]
    [InlineData("--number", "5", "--customer", "6")]
    public async Task Who_is_to_be_forgotten_must_be_said_in_one_way(params string[] arguments)
    {
        var result = await _server.RunAsync(["forget", .. arguments]);
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("--number or --customer, one of them");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<List<string>> CustomersAsync(CenterClient center) =>
        [.. (await center.GraphQL.AskAsync("{ calls { nodes { customerNumber } } }")).GetProperty("calls").GetProperty("nodes").EnumerateArray()
            .Select(call => call.GetProperty("customerNumber").GetString()!).Order(StringComparer.Ordinal)];
}
