using CallCenter.Domain.Calls;

namespace CallCenter.Import;

/// <summary>Tells calls by the same decider that live calls obey, so that both are read alike.</summary>
public static class CallHistory
{
    /// <exception cref="InvalidOperationException">The commands are none that a call can obey: a defect of the format.</exception>
    public static IReadOnlyList<CallEvent> Tell(IEnumerable<CallCommand> commands)
    {
        var (call, events) = (Call.Initial, new List<CallEvent>());
        foreach (var command in commands)
        {
            var decision = CallDecider.Decide(command, call);
            if (decision.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"{command.GetType().Name} of an imported call was refused: {refusal.Message}");
            }

            events.AddRange(decision.Events);
            call = decision.Events.Aggregate(call, Call.Evolve);
        }

        return events;
    }
}
