using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>Calls that leave a queue for elsewhere, by the queue's rules; and what waiting alone changes.</summary>
public sealed partial class Router
{
    /// <summary>When a rule leads to somebody who is busy, or nowhere, it is looked at again.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(5);

    /// <summary>Sends a call on that a rule of the queue does not let in.</summary>
    /// <returns>False when the call may come in.</returns>
    private bool TurnAway(LiveCall call, LiveQueue queue, DateTimeOffset now, ReadOnlySpan<CallCommand> first)
    {
        var coming = StandingOf(call, queue, now);
        if (EntryRuleOf(coming, call, queue) is not { } rule)
        {
            return false;
        }

        call.Contact = coming with { Overflows = coming.Overflows + 1 };
        call.Queue = queue;
        var cause = NameOf(rule.Cause);
        if (rule.To.Kind == DestinationKind.HangUp)
        {
            Block(call, first, cause);
        }
        else
        {
            Send(call, rule.To, [.. first, new EnqueueCall(queue.Id, now, coming.HeadStartSeconds, NeedsOf(coming)), new OverflowCall(rule.To, cause, now)]);
        }

        return true;
    }

    /// <summary>The rule that does not let the call into the queue; null when it may enter, also because the rule leads to nobody now.</summary>
    private OverflowRule? EntryRuleOf(WaitingContact coming, LiveCall call, LiveQueue queue) =>
        Overflow.Decide(coming, Picture(), isComing: true) is { } rule && CanGo(call, queue, rule.To) ? rule : null;

    /// <summary>How a call stands that enters the queue now, with what is known of it by then.</summary>
    private static WaitingContact StandingOf(LiveCall call, LiveQueue queue, DateTimeOffset at) => call.Contact with
    {
        QueueId = queue.Id, QueuedAt = at, Priority = call.Priority, Segment = call.Attributes.GetValueOrDefault("segment", call.Contact.Segment!),
    };

    /// <summary>Sends a waiting call on if a rule holds by now.</summary>
    private void Reconsider(LiveCall call)
    {
        if (_stopping || call.State.Phase != CallPhase.Queued || Overflow.Decide(call.Contact, Picture(), isComing: false) is not { } rule)
        {
            return;
        }

        if (!CanGo(call, call.Queue!, rule.To))
        {
            WhileItWaits(call, NextLook, () => Reconsider(call));
            return;
        }

        // The agent whom it was to wait for has been waited for here.
        call.Contact = WaitingForNobody(call.Contact) with { Overflows = call.Contact.Overflows + 1 };
        var overflow = new OverflowCall(rule.To, NameOf(rule.Cause), Now);
        if (rule.To.Kind == DestinationKind.HangUp)
        {
            Block(call, [overflow], overflow.Cause);
        }
        else
        {
            Send(call, rule.To, overflow);
        }
    }

    /// <summary>Looks at a waiting call again whenever its wait opens a tier, relaxes a skill, or makes a rule hold.</summary>
    private void Watch(LiveCall call)
    {
        var settings = call.Queue!.Settings;
        foreach (var seconds in Distributor.WaitsThatMatter(settings, call.Contact).Concat(Overflow.WaitsThatMatter(settings)).Distinct())
        {
            if (call.RankedSince.AddSeconds(seconds) - Now is { Ticks: > 0 } left)
            {
                WhileItWaits(call, left, () =>
                {
                    Reconsider(call);
                    _newlyWaiting.Add(call);
                    Dispatch();
                });
            }
        }
    }

    private void WhileItWaits(LiveCall call, TimeSpan delay, Action action)
    {
        var visit = (call.Queue, call.RankedSince);
        _agenda.In(delay, () =>
        {
            if (call.State.Phase == CallPhase.Queued && (call.Queue, call.RankedSince) == visit)
            {
                action();
            }
        });
    }

    /// <summary>Ends a call for which there is no room or no time.</summary>
    private void Block(LiveCall call, ReadOnlySpan<CallCommand> first, string cause) => Finish(call, first, new BlockCall(cause, Now), 480, "Temporarily Unavailable");

    /// <summary>Nobody is sent from a queue to where the call would only end.</summary>
    private bool CanGo(LiveCall call, LiveQueue from, Destination to)
    {
        var canGo = to.Kind switch
        {
            DestinationKind.Queue => QueueOf(to.Target) is { } queue && queue != from,
            DestinationKind.Agent => Guid.TryParse(to.Target, out var id) && _agents.TryGetValue(id, out var agent) && CanTake(agent) && agent != call.Caller,
            DestinationKind.Number when to.Target is { } number && _extensions.TryGetValue(number, out var agent) => CanTake(agent) && agent != call.Caller,
            _ => true,
        };
        if (!canGo)
        {
            LogCannotGo(_logger, call.Id, from.Settings.Name, to);
        }

        return canGo;
    }

    private static string NameOf(OverflowCause cause) => cause switch
    {
        OverflowCause.AfterSeconds => "after-seconds",
        OverflowCause.QueueLength => "queue-length",
        OverflowCause.EstimatedWait => "estimated-wait",
        OverflowCause.NoAgents => "no-agents",
        _ => "closed",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Call {Call} should go on from queue {Queue} to {Destination}, which is not there or not free; it stays")]
    private static partial void LogCannotGo(ILogger logger, Guid call, string queue, Destination destination);
}
