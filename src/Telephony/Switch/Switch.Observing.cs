using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What the switch shows of its signalling: figures, and the messages of each call.</summary>
public sealed partial class Switch
{
    // What a peer still sends after a leg has ended: the answer to our BYE, and that again if it was lost.
    private static readonly TimeSpan LadderTail = TimeSpan.FromSeconds(5);

    private readonly SipWatch _watch;
    private readonly TelephonyMeter _meter;
    private readonly Dictionary<LegId, List<string>> _callIds = [];
    private readonly Dictionary<LegId, Guid> _subjects = [];

    /// <summary>What has been counted so far; also the instruments of meter <c>CallCenter.Telephony</c>. Any thread.</summary>
    public TelephonyFigures Figures()
    {
        var (counters, transactions) = (_watch.Counters, _agent.Transactions);
        return new TelephonyFigures(
            counters.Requests, counters.Responses, counters.Timeouts, counters.RepeatedByPeers, counters.RepeatedByUs, counters.Malformed, counters.Refused, counters.Blocked,
            transactions.ServerCount, transactions.ClientCount, _agent.DialogCount, _registrar.Count, _guard.Blocks.Count, ConnectionCounts());
    }

    /// <summary>Says whose call a leg belongs to: the messages of all legs of a subject go to <see cref="SwitchOptions.LadderStore"/> as one ladder, once all of them have ended.</summary>
    public bool Name(LegId leg, Guid subject) => On(leg, found =>
    {
        _subjects[found.Id] = subject;
        foreach (var callId in _callIds.GetValueOrDefault(found.Id, []))
        {
            _watch.Ladders.Name(callId, subject);
        }
    });

    private IReadOnlyList<(string Transport, int Count)> ConnectionCounts() =>
        [.. _agent.OpenTransports.OfType<ConnectionTransport>().GroupBy(transport => transport.Protocol, (protocol, all) => (protocol, all.Sum(transport => transport.Count)), StringComparer.Ordinal)];

    private void BeginLadder(ServerTransaction invite)
    {
        if (_options.LadderStore is not null)
        {
            _watch.Ladders.Open(invite.Request.CallId);
            _watch.Ladders.Add(invite.Request.CallId, isSent: false, invite.Source, invite.Request.Wire);
        }
    }

    private void DropLadderUnlessTaken(ServerTransaction invite)
    {
        if (invite.User is null)
        {
            _watch.Ladders.Close(invite.Request.CallId);
        }
    }

    private void OnDialling(LegId leg, string callId)
    {
        if (_options.LadderStore is not null)
        {
            _watch.Ladders.Open(callId);
            NoteCallId(leg, callId);
        }
    }

    private void NoteCallId(LegId leg, string callId)
    {
        if (_options.LadderStore is null)
        {
            return;
        }

        if (!_callIds.TryGetValue(leg, out var callIds))
        {
            _callIds[leg] = callIds = new List<string>(1);
        }

        callIds.Add(callId);
        if (_subjects.TryGetValue(leg, out var subject))
        {
            _watch.Ladders.Name(callId, subject);
        }
    }

    private void EndLadder(LegId leg)
    {
        _subjects.Remove(leg);
        if (_callIds.Remove(leg, out var callIds))
        {
            _loop.Timers.Start(LadderTail, () => callIds.ForEach(Close));
        }
    }

    private void Close(string callId)
    {
        if (_watch.Ladders.Close(callId) is { } ladder)
        {
            _options.LadderStore!.Keep(ladder);
        }
    }

    // What waits for its tail, and what hangs on a peer that does not answer.
    private Task EndLaddersAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            foreach (var callId in _watch.Ladders.CallIds)
            {
                Close(callId);
            }

            ended.SetResult();
        });
        return ended.Task;
    }
}
