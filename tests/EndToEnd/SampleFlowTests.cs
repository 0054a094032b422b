using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>The sample center's flow, as whoever tries the product meets it.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed partial class SampleFlowTests(SharedCenter shared)
{
    [Fact]
    public async Task A_caller_of_1002_hears_of_an_order_and_is_served_by_that()
    {
        const string Caller = "49323201";
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-keys", shared.Server.Sip, "1002", [Caller], ear.Port);
        await ear.HearsForAsync(TimeSpan.FromMilliseconds(200));
        await ear.PressAsync("1");
        await ear.PressAsync("14711#");
        var call = (await shared.Client.CallsBecomeAsync([Caller], c => c.Story.Contains("self_service_completed"), "are served"))[0];
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        (await shared.Client.CallBecomesAsync(Caller, "ENDED")).Outcome.ShouldBe("SELF_SERVED");
        call.Timeline.Where(e => e.Type == "ivr_step_taken").Take(5).Select(e => $"{e.Data.GetProperty("Step")} {e.Data.GetProperty("Result")}")
            .ShouldBe(["language key-1", "choose key-1", "order entered", "find case-1", "shipped played"]);
    }

    [Fact]
    public async Task The_rehearsal_in_the_readme_does_what_it_says()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../.."));
        var command = Rehearsal().Match(await File.ReadAllTextAsync(Path.Combine(root, "README.md")));
        command.Success.ShouldBeTrue();
        var rehearsed = await shared.Server.RunAsync(["flow", "test", Path.Combine(root, command.Groups["file"].Value), "--keys", command.Groups["keys"].Value, "--open", command.Groups["open"].Value]);
        rehearsed.ExitCode.ShouldBe(0, rehearsed.Output);
        rehearsed.Output.ShouldContain("says \"Order 4 7 1 1 is on its way to you.\" (en)");
        rehearsed.Output.TrimEnd().ShouldEndWith("leaves for queue Support");
    }

    [GeneratedRegex("""\./run flow test (?<file>\S+\.yaml) --keys "(?<keys>[^"]*)" --open "(?<open>[^"]*)"`""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Rehearsal();

    private static string Here([CallerFilePath] string file = "") => file;
}
