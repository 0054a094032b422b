using CallCenter.Domain.Agents;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;

namespace CallCenter.Routing;

/// <summary>Sets right what a process that died left open. Media dies with the process; the record does not.</summary>
internal sealed class Recovery(PostgresEventStore store)
{
    private const string Cause = "system-restart";
    private static readonly EventMetadata Metadata = new(null, null, Cause);

    /// <summary>Ends a call that was live at its last durable event, never later; a wrap-up that was cut ends there too.</summary>
    public async Task EndCallAsync(Guid callId, CancellationToken cancellationToken)
    {
        var aggregate = new Aggregate<Call>(Call.StreamType, Call.Initial, (call, e) => Call.Evolve(call, (CallEvent)e));
        await new CommandHandler(store).HandleAsync(aggregate, callId, Decide, Metadata, ct: cancellationToken);

        static IReadOnlyList<EventData> Decide(Call call) => Data(call.Phase switch
        {
            CallPhase.None or CallPhase.Ended => [],
            CallPhase.WrapUp => CallDecider.Decide(new CompleteWrapUp(call.LastAt), call).Events,
            _ => CallDecider.Decide(new FailCall(Cause, call.LastAt), call).Events,
        });
    }

    /// <summary>Signs an agent out whose phone nobody has heard of since: it registers again, and signs the agent in.</summary>
    public async Task<AgentSnapshot> SignOutAsync(AgentSnapshot agent, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var decision = AgentDecider.Decide(new SignOutAgent(Cause, at), agent.State);
        if (decision.Events.Count == 0)
        {
            return agent;
        }

        var append = new StreamAppend(agent.State.Id, Agent.StreamType, ExpectedVersion.Exact(agent.Version), Data(decision.Events));
        var result = await store.AppendAsync(append, Metadata, cancellationToken);
        return new AgentSnapshot(decision.Events.Aggregate(agent.State, Agent.Evolve), result.Version);
    }

    /// <summary>A phone that was called when the process died is called again: it cost nobody an attempt.</summary>
    public async Task<CallbackSnapshot> OpenCallbackAsync(CallbackSnapshot callback, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (callback.State is not { State: CallbackState.Dialling or CallbackState.Confirmed, CallId: { } call })
        {
            return callback;
        }

        var decision = CallbackDecider.Decide(new MissCallback(call, CallbackMiss.SystemRestart, at), callback.State);
        var append = new StreamAppend(callback.State.Id, Callback.StreamType, ExpectedVersion.Exact(callback.Version), Data(decision.Events));
        var result = await store.AppendAsync(append, Metadata, cancellationToken);
        return new CallbackSnapshot(decision.Events.Aggregate(callback.State, Callback.Evolve), result.Version);
    }

    private static List<EventData> Data(IEnumerable<object> events) => [.. events.Select(EventData.Of)];
}
