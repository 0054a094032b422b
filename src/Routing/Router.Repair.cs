using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.Telephony;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace CallCenter.Routing;

/// <summary>When the store refuses a step, memory has run ahead of a truth that is another: the streams are read again and the call is ended.</summary>
public sealed partial class Router
{
    private void Repair(Step step, EventStoreException refusal)
    {
        LogConflict(_logger, refusal, step.LiveCall?.Id, step.LiveAgent?.Id);
        _ = ReadAgainAsync(step);
    }

    private async Task ReadAgainAsync(Step step)
    {
        while (true)
        {
            try
            {
                var call = step.LiveCall is { } c ? await _store.FetchStreamAsync(c.Id) : [];
                var agent = step.LiveAgent is { } a ? await _store.FetchStreamAsync(a.Id) : [];
                Post(() => Restore(step, call, agent));
                return;
            }
            catch (Exception e) when (e is EventStoreException or NpgsqlException)
            {
                LogNotRepaired(_logger, e);
                await Task.Delay(TimeSpan.FromSeconds(1), _clock);
            }
        }
    }

    private void Restore(Step step, IReadOnlyList<StoredEvent> callEvents, IReadOnlyList<StoredEvent> agentEvents)
    {
        if (step.LiveAgent is { } agent)
        {
            agent.State = agentEvents.Select(e => (AgentEvent)e.Data).Aggregate(Agent.Initial, Agent.Evolve);
            agent.Version = agentEvents.Count;
            Note(null, agent);
        }

        if (step.LiveCall is { } call)
        {
            call.State = callEvents.Select(e => (CallEvent)e.Data).Aggregate(Call.Initial, Call.Evolve);
            call.Version = callEvents.Count;
            Note(call, null);
            _calls.Remove(call.Id);
            _switch.HangUp(call.CallerLeg, HangUpCause.Failure);
            if (call.AgentLeg is { } leg)
            {
                _switch.HangUp(leg, HangUpCause.Failure);
            }

            if (call.State.IsLive)
            {
                Take(new Step(call.SipCallId).Call(call, new FailCall("conflict", Now)));
            }

            if (step.LiveAgent is { } occupied)
            {
                Take(new Step(call.SipCallId).Agent(occupied, new ReleaseAgent(call.Id, Now)));
            }
        }

        Dispatch();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Somebody else wrote to call {Call} or agent {Agent}; the call is ended")]
    private static partial void LogConflict(ILogger logger, Exception exception, Guid? call, Guid? agent);

    [LoggerMessage(Level = LogLevel.Error, Message = "The streams of a refused step could not be read again; trying again")]
    private static partial void LogNotRepaired(ILogger logger, Exception exception);
}
