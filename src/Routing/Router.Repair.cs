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
        step.Lose(refusal);
        LogConflict(_logger, refusal, string.Join(", ", step.Calls.Select(c => c.Id)), string.Join(", ", step.Agents.Select(a => a.Id)));
        _ = ReadAgainAsync(step);
    }

    private async Task ReadAgainAsync(Step step)
    {
        while (true)
        {
            try
            {
                var streams = new Dictionary<Guid, IReadOnlyList<StoredEvent>>();
                foreach (var id in step.Calls.Select(c => c.Id).Concat(step.Agents.Select(a => a.Id)))
                {
                    streams[id] = await _store.FetchStreamAsync(id);
                }

                Post(() => Restore(step, streams));
                return;
            }
            catch (Exception e) when (e is EventStoreException or NpgsqlException)
            {
                LogNotRepaired(_logger, e);
                await Task.Delay(TimeSpan.FromSeconds(1), _clock);
            }
        }
    }

    private void Restore(Step step, Dictionary<Guid, IReadOnlyList<StoredEvent>> streams)
    {
        foreach (var agent in step.Agents)
        {
            agent.State = streams[agent.Id].Select(e => (AgentEvent)e.Data).Aggregate(Agent.Initial, Agent.Evolve);
            agent.Version = streams[agent.Id].Count;
            Note(agent);
        }

        foreach (var call in step.Calls)
        {
            call.State = streams[call.Id].Select(e => (CallEvent)e.Data).Aggregate(Call.Initial, Call.Evolve);
            call.Version = streams[call.Id].Count;
            Note(call);
            _calls.Remove(call.Id);
            _switch.HangUp(call.CallerLeg, HangUpCause.Failure);
            foreach (var leg in call.Offers.Select(offer => offer.Leg).Append(call.AgentLeg).Append(call.Handover?.Leg).OfType<LegId>().Concat(GuestsOf(call)))
            {
                _switch.HangUp(leg, HangUpCause.Failure);
            }

            List<LiveAgent> rang = [.. call.Offers.Select(offer => offer.Agent), .. call.Supervisors.Select(s => s.Agent), .. call.Conference?.Parties.Select(party => party.Agent).OfType<LiveAgent>() ?? []];
            if (call.Handover?.To is { } handedTo)
            {
                rang.Add(handedTo);
            }

            call.Supervisors.Clear();
            call.Conference = null;
            call.Offers.Clear();
            call.Handover = null;
            if (call.State.IsLive)
            {
                Take(StepOf(call).Call(call, new FailCall("conflict", Now)));
            }

            foreach (var occupied in step.Agents.Union(rang))
            {
                Take(StepOf(call).Agent(occupied, new ReleaseAgent(call.Id, Now)));
            }
        }

        Dispatch();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Somebody else wrote to call {Calls} or agent {Agents}; the call is ended")]
    private static partial void LogConflict(ILogger logger, Exception exception, string calls, string agents);

    [LoggerMessage(Level = LogLevel.Error, Message = "The streams of a refused step could not be read again; trying again")]
    private static partial void LogNotRepaired(ILogger logger, Exception exception);
}
