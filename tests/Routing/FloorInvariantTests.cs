using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Many callers and agents who do whatever they like, transfers among it, in any order: what the events tell must hold all the same.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FloorInvariantTests(PostgresFixture postgres)
{
    private const int Callers = 120;
    private const int Agents = 6;

    // Milliseconds that a caller stays at most who does not stay for ever: long enough for agents to answer and to hand callers over.
    private const int Patience = 600;

    [Theory]
    [InlineData(1, DistributionMethod.LongestIdle)]
    [InlineData(2, DistributionMethod.Hunting)]
    [InlineData(3, DistributionMethod.LeastTalk)]
    [InlineData(4, DistributionMethod.RingAll)]
    [InlineData(5, DistributionMethod.RingAll)]
    public async Task No_agent_has_two_calls_no_call_two_agents_and_every_call_ends(int seed, DistributionMethod method)
    {
        var settings = new QueueSettings("Support", "1000", WrapUpSeconds: 0) { Method = method };
        await using var floor = await RoutingHarness.StartAsync(postgres, Agents, settings: settings);
        var phones = floor.Switch;
        var random = new Random(seed);
        var ended = new HashSet<LegId>();

        // Phones answer, refuse or ring out; callers hang up or never, agents sooner or later: whatever is drawn.
        phones.Originated = (leg, _) => Later(() =>
        {
            if (Draw(10) < 7)
            {
                phones.Notify(new LegAnswered(leg));
                if (Draw(2) == 0)
                {
                    Ask(leg, Draw(2) == 0 ? "1000" : $"{2001 + Draw(Agents)}");
                    Later(() => Ask(leg, "1000"), 100);
                }

                // Nobody talks for ever: agents who did, with callers who stay, would leave nobody to hand a caller over.
                Later(() => End(leg, LegEndReason.RemoteHangUp), 200);
            }
            else
            {
                End(leg, Draw(2) == 0 ? LegEndReason.Rejected : LegEndReason.NoAnswer);
            }
        });
        phones.HungUp = leg => End(leg, LegEndReason.LocalHangUp);
        for (var i = 0; i < Agents; i++)
        {
            await floor.RegisterAsync(i);
        }

        var callers = new List<LegId>();
        for (var i = 0; i < Callers; i++)
        {
            var caller = phones.Call("1000");
            callers.Add(caller);
            if (Draw(3) > 0)
            {
                Later(() => End(caller, LegEndReason.RemoteHangUp), Patience);
            }
        }

        void Ask(LegId leg, string target) => Later(() => phones.Notify(new TransferRequested(leg, new TransferId(leg.Value), target, $"sip:{target}@x", null)));

        await RoutingHarness.UntilAsync(async () => (await floor.ReadAllAsync()).Count(e => e.Data is CallTransferred) >= 5, () => "nobody hands callers over");
        await RoutingHarness.UntilAsync(async () =>
        {
            foreach (var caller in callers)
            {
                Later(() => End(caller, LegEndReason.RemoteHangUp), Patience);
            }

            return (await floor.ReadAllAsync()).Count(e => e.Data is CallEnded) == Callers;
        }, () => "not every call has ended");

        var events = await floor.ReadAllAsync();
        foreach (var call in events.Where(e => e.Data is CallEvent).GroupBy(e => e.StreamId))
        {
            call.Select(e => (CallEvent)e.Data).Aggregate(Call.Initial, Call.Evolve).Phase.ShouldBe(CallPhase.Ended);
            call.Count(e => e.Data is CallAnswered).ShouldBeLessThanOrEqualTo(1 + call.Count(e => e.Data is CallTransferred { ToQueueId: not null }));
        }

        // Told by the calls in the order of the log: between an offer and its end, an agent has no other call.
        var busy = new Dictionary<Guid, Guid>();
        var with = new Dictionary<Guid, HashSet<Guid>>();
        foreach (var stored in events)
        {
            switch (stored.Data)
            {
                case CallOffered e:
                    busy.TryAdd(e.AgentId, e.CallId).ShouldBeTrue($"agent {e.AgentId} was offered two calls at once");
                    Of(e.CallId).Add(e.AgentId).ShouldBeTrue();
                    (method == DistributionMethod.RingAll || Of(e.CallId).Count == 1).ShouldBeTrue($"call {e.CallId} was offered to two agents at once");
                    break;
                case CallOfferNotAnswered e:
                    Of(e.CallId).Remove(e.AgentId).ShouldBeTrue();
                    busy.Remove(e.AgentId);
                    break;
                case CallAnswered e:
                    Of(e.CallId).ShouldContain(e.AgentId!.Value, $"call {e.CallId} was answered by one whom it was not offered");
                    Release(e.CallId);
                    busy.Add(e.AgentId.Value, e.CallId);
                    Of(e.CallId).Add(e.AgentId.Value);
                    break;
                case CallTransferred { ToQueueId: not null } e:
                    Release(e.CallId);
                    break;
                case CallTransferred { ToAgentId: { } to } e:
                    Release(e.CallId);
                    busy.TryAdd(to, e.CallId).ShouldBeTrue($"agent {to} was handed a second call");
                    Of(e.CallId).Add(to);
                    break;
                case CallEnded e:
                    Release(e.CallId);
                    break;
                case AgentStatusChanged { Status: AgentStatus.Available } e when busy.Remove(e.AgentId, out var left):
                    // Who hung up while the agent it hands over to still rings has left the call before the call is another's.
                    Of(left).Remove(e.AgentId);
                    break;
            }
        }

        (await Task.WhenAll(Enumerable.Range(0, Agents).Select(floor.AgentAsync))).ShouldAllBe(a => a.Status == AgentStatus.Available && a.CallId == null);

        void Release(Guid call)
        {
            if (with.Remove(call, out var agents))
            {
                foreach (var agent in agents)
                {
                    busy.Remove(agent);
                }
            }
        }

        HashSet<Guid> Of(Guid call) => with.TryGetValue(call, out var agents) ? agents : with[call] = [];

        int Draw(int below)
        {
            lock (random)
            {
                return random.Next(below);
            }
        }

        void Later(Action action, int within = 30) => _ = Task.Run(async () =>
        {
            await Task.Delay(Draw(within));
            action();
        });

        void End(LegId leg, LegEndReason reason)
        {
            lock (ended)
            {
                if (ended.Add(leg))
                {
                    phones.Notify(new LegEnded(leg, reason, null, null));
                }
            }
        }
    }
}
