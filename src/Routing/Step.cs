using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

namespace CallCenter.Routing;

/// <summary>
/// One step: events of calls and of agents that belong together, each call and agent once, written all or not at all, and what follows once they are durable.
/// Nothing in memory changes before <see cref="Settle"/>: a command that is refused leaves no half step behind.
/// </summary>
/// <param name="correlationId">What the agents' events of the step follow from; calls have their own Call-ID.</param>
/// <param name="user">Who asked for it, by name; <c>routing</c> where nobody did.</param>
internal sealed class Step(string? correlationId, string user)
{
    private readonly EventMetadata _metadata = new(correlationId, null, user);
    private TaskCompletionSource<EventStoreException?>? _written;
    private readonly List<Action> _settle = [];
    private readonly List<Part> _parts = [];
    private readonly List<LiveCall> _calls = [];
    private readonly List<LiveAgent> _agents = [];

    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>Runs on the router's loop after the commit; it must look at the state of that moment.</summary>
    public Action Effect { get; private set; } = () => { };

    public IReadOnlyList<LiveCall> Calls => _calls;

    public IReadOnlyList<LiveAgent> Agents => _agents;

    public Step Call(LiveCall call, params ReadOnlySpan<CallCommand> commands)
    {
        _calls.Add(call);

        // A call's events are found by its own Call-ID, also where they follow from another call's.
        Decide(call, commands, CallDecider.Decide, Domain.Calls.Call.Evolve, _metadata with { CorrelationId = call.SipCallId });
        return this;
    }

    public Step Agent(LiveAgent agent, params ReadOnlySpan<AgentCommand> commands)
    {
        _agents.Add(agent);
        Decide(agent, commands, AgentDecider.Decide, Domain.Agents.Agent.Evolve, _metadata);
        return this;
    }

    public Step Voicemail(LiveVoicemail voicemail, params ReadOnlySpan<VoicemailCommand> commands)
    {
        Decide(voicemail, commands, VoicemailDecider.Decide, Domain.Voicemails.Voicemail.Evolve, _metadata);
        return this;
    }

    public Step Callback(LiveCallback callback, params ReadOnlySpan<CallbackCommand> commands)
    {
        Decide(callback, commands, CallbackDecider.Decide, Domain.Callbacks.Callback.Evolve, _metadata);
        return this;
    }

    public Step Then(Action effect)
    {
        Effect = effect;
        return this;
    }

    /// <summary>Ends after the effect, or with the store's refusal. Asked for before the step is written.</summary>
    public Task<EventStoreException?> Written => (_written ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The step is durable.</summary>
    public void Carry()
    {
        try
        {
            Effect();
        }
        finally
        {
            _written?.TrySetResult(null);
        }
    }

    /// <summary>The step was not written.</summary>
    public void Lose(EventStoreException refusal) => _written?.TrySetResult(refusal);

    /// <summary>Makes the step's states those of the floor.</summary>
    public void Settle() => _settle.ForEach(settle => settle());

    private void Decide<TState, TCommand, TEvent>(
        Live<TState> live, ReadOnlySpan<TCommand> commands, Func<TCommand, TState, Decision<TEvent>> decide, Func<TState, TEvent, TState> evolve, EventMetadata metadata)
        where TEvent : DomainEvent
    {
        var (state, events) = (live.State, new List<EventData>());
        foreach (var command in commands)
        {
            var decision = decide(command, state);
            if (decision.Refusal is { } refusal)
            {
                throw new StepRefusedException(command!.GetType().Name, live.Id, refusal);
            }

            foreach (var @event in decision.Events)
            {
                state = evolve(state, @event);
                events.Add(new EventData(Guid.CreateVersion7(), @event, metadata));
            }
        }

        if (events.Count > 0)
        {
            _parts.Add(new Part(live.Id, live.StreamType, live.Version, events));
            _settle.Add(() => (live.State, live.Version) = (state, live.Version + events.Count));
        }
    }

    /// <param name="Version">The stream's version before these events.</param>
    internal sealed record Part(Guid StreamId, string StreamType, long Version, IReadOnlyList<EventData> Events);
}

/// <summary>A decider refused what routing took for possible: a race that routing must know how to lose.</summary>
internal sealed class StepRefusedException(string command, Guid id, Refusal refusal) : Exception($"{command} of {id} was refused: {refusal.Code} {refusal.Message}")
{
    public Refusal Refusal { get; } = refusal;
}
