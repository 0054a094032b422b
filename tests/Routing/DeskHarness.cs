using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Agents who talk, and what they do then.</summary>
internal static class DeskHarness
{
    public const string Ann = "ann";

    /// <summary>A caller whom agent 0 has answered; the other agents are not there yet.</summary>
    public static async Task<(LegId Caller, LegId Agent, Guid CallId)> TalkAsync(this RoutingHarness floor)
    {
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        return (caller, agent, (await floor.EventsAsync(caller))[0].CallId);
    }

    /// <summary>The leg of the n-th call to a number outside.</summary>
    public static async Task<LegId> DialledAsync(this RoutingHarness floor, string number, int times = 1)
    {
        string[] Found() => [.. floor.Switch.Verbs.Where(v => v.StartsWith("Originate", StringComparison.Ordinal) && v.Contains($" {number} over ", StringComparison.Ordinal))];
        await RoutingHarness.UntilAsync(() => Task.FromResult(Found().Length >= times), () => $"{number} was not called {times} times: {string.Join("; ", floor.Switch.Verbs)}");
        return new LegId(long.Parse(Found()[times - 1].Split(' ')[1]));
    }

    /// <summary>Numbers beginning with 0 go out, national ones with 00, for all agents up to a class.</summary>
    public static async Task AllowAsync(this RoutingHarness floor, DialClass allowed)
    {
        await floor.AppendAsync(DialPlan.Id, DialPlan.StreamType, new DialPlanChanged([new NumberRule("0", DialClass.Local, "city", 1), new NumberRule("00", DialClass.National, "far", 2, "+49")], DateTimeOffset.UtcNow));
        await floor.Router.ConfigureAsync();
        foreach (var agent in floor.Agents)
        {
            (await floor.Router.ChangeDeskAsync(agent, desk => desk with { DialClass = allowed }, Ann)).ShouldBeNull();
        }
    }

    public static LegId CallFrom(this RoutingHarness floor, int agent, string to) => floor.Switch.Call(to, $"{2001 + agent}", new ExtensionSource($"{2001 + agent}"));

    public static void Answer(this RoutingHarness floor, LegId leg) => floor.Switch.Notify(new LegAnswered(leg));

    public static void End(this RoutingHarness floor, LegId leg, LegEndReason reason = LegEndReason.RemoteHangUp, int? status = null) => floor.Switch.Notify(new LegEnded(leg, reason, status, null));

    public static void Press(this RoutingHarness floor, LegId leg, string keys)
    {
        foreach (var key in keys)
        {
            floor.Switch.Notify(new DtmfReceived(leg, key, null, DtmfMethod.TelephoneEvent));

            // The same key once more, in another way: it counts once.
            floor.Switch.Notify(new DtmfReceived(leg, key, null, DtmfMethod.Info));
        }
    }

    public static Task StatusAsync(this RoutingHarness floor, int agent, AgentStatus status, string? reason) =>
        RoutingHarness.UntilAsync(async () => await floor.AgentAsync(agent) is var now && (now.Status, now.Reason) == (status, reason), () => $"agent {agent} is not {status} ({reason})");

    public static async Task ShouldRefuseAsync(this Task<Refusal?> command, string code) => (await command).ShouldNotBeNull().Code.ShouldBe(code);

    public static async Task ShouldBeDoneAsync(this Task<Refusal?> command) => (await command).ShouldBeNull();
}
