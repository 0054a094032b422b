using System.Globalization;
using System.Security.Cryptography;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Provisional responses that the caller must acknowledge by PRACK (RFC 3262 section 3): one at a time, repeated at T1, doubling, for 64*T1 at most. Belongs to the loop.
/// </summary>
/// <param name="agent">Timers and the loop.</param>
/// <param name="invite">What is answered.</param>
/// <param name="unacknowledged">Called when a response was never acknowledged: the INVITE is to be refused.</param>
internal sealed class ReliableProvisionals(UserAgent agent, ServerTransaction invite, Action unacknowledged)
{
    private readonly Queue<SipResponse> _waiting = new();

    // Below 2^31, so that it can count up (section 3).
    private uint _rSeq = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue - 1_000_000);
    private SipResponse? _sent;
    private TimeSpan _interval;
    private TimerHandle? _repeat;
    private TimerHandle? _giveUp;
    private bool _stopped;

    /// <summary>A response with an offer or answer waits for its PRACK or its turn: no 2xx may be sent before (section 3).</summary>
    public bool HoldsSdp => _sent is { Body.IsEmpty: false } || _waiting.Any(response => !response.Body.IsEmpty);

    /// <summary>Sends a provisional response, after those before it have been acknowledged.</summary>
    public void Send(SipResponse response)
    {
        response.Headers.Add(HeaderName.Require, OptionTags.Reliable);
        response.Headers.Add(HeaderName.RSeq, (++_rSeq).ToString(CultureInfo.InvariantCulture));
        _waiting.Enqueue(response);
        SendNext();
    }

    /// <summary>True when the PRACK is for the response that waits for one; false wants a 481 (section 3).</summary>
    public bool TryAcknowledge(SipRequest prack)
    {
        if (_sent is null || !prack.Headers.TryGet(HeaderName.RAck, out var field) || !RAck.TryParse(field.Span, out var acknowledged)
            || acknowledged.CSeq != invite.Request.CSeq || acknowledged.RSeq.ToString(CultureInfo.InvariantCulture) != _sent.Headers[HeaderName.RSeq])
        {
            return false;
        }

        StopRepeating();
        _sent = null;
        SendNext();
        return true;
    }

    /// <summary>The final response is sent: nothing is repeated any more, though a PRACK may still come (section 3).</summary>
    public void Stop()
    {
        _stopped = true;
        _waiting.Clear();
        StopRepeating();
    }

    private void SendNext()
    {
        if (_sent is not null || _stopped || !_waiting.TryDequeue(out _sent))
        {
            return;
        }

        _interval = agent.Timers.T1;
        _repeat = agent.Loop.Timers.Start(_interval, Repeat);
        _giveUp = agent.Loop.Timers.Start(agent.Timers.TransactionTimeout, () =>
        {
            Stop();
            unacknowledged();
        });
        invite.Respond(_sent);
    }

    private void Repeat()
    {
        invite.Respond(_sent!);
        _interval *= 2;
        _repeat = agent.Loop.Timers.Start(_interval, Repeat);
    }

    private void StopRepeating()
    {
        agent.Loop.Timers.Cancel(_repeat);
        agent.Loop.Timers.Cancel(_giveUp);
    }
}
