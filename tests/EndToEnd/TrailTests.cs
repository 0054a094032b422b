using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>The trail as the command line proves it.</summary>
public sealed class TrailTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task The_trail_is_proved_beside_a_server_and_without_one_and_damage_is_an_exit_code()
    {
        await _server.StartAsync();
        var running = await _server.RunAsync(["verify"]);
        running.ExitCode.ShouldBe(0, running.Output);
        running.Output.ShouldContain("The trail is intact");

        // What came since the last round was sealed on the way out.
        (await _server.StopAsync()).ShouldBe(0);
        var stopped = await _server.RunAsync(["verify", "--from", "2020-01-01"]);
        stopped.ExitCode.ShouldBe(0, stopped.Output);
        stopped.Output.ShouldContain(", 0 not sealed yet");

        File.Delete(Path.Combine(_server.DataFolder, "trail", "head.json"));
        var damaged = await _server.RunAsync(["verify"]);
        damaged.ExitCode.ShouldBe(1);
        damaged.Output.ShouldContain("The trail is DAMAGED: head file missing.");
        var accepted = await _server.RunAsync(["verify", "--accept-head"]);
        accepted.ExitCode.ShouldBe(0, accepted.Output);
    }

    [Fact]
    public async Task An_instant_that_is_none_is_named()
    {
        var result = await _server.RunAsync(["verify", "--from", "yesterday"]);
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("--from must be an instant like 2026-01-31T08:00:00Z, not \"yesterday\"");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();
}
