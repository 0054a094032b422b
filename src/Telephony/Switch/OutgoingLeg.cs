using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The leg of a party that we call, along a route: who is called at once, and who next. The first to answer becomes the leg, the others are cancelled.</summary>
internal sealed class OutgoingLeg(LegId id, LegHost host, UserAgent agent, OriginateOptions options) : Leg(id, host), IOutgoingInviteUser
{
    private const string AnsweredElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private readonly List<OutgoingInvite> _forks = [];
    private readonly List<CallAttempt> _unable = [];
    private ICallRoute _route = null!;
    private (int? Status, string Text)? _failure;
    private TimerHandle? _ringTimeout;
    private TimerHandle? _nextTimeout;
    private string _offer = "";
    private ReadOnlyMemory<byte> _answer;
    private Redirection? _redirect;
    private bool _ringing;
    private bool _canBeTold;

    public void Start(MediaEngine engine, ICallRoute route)
    {
        if (IsEnded)
        {
            route.End();
            return;
        }

        _route = route;
        if (route.Closed is { } reason)
        {
            End(LegEndReason.Unreachable, text: reason);
            return;
        }

        try
        {
            Media = engine.CreateLeg(Host.AudioPolicyFor(route.IsSecure, route.Codecs), route.Family);
        }
        catch (MediaPortsExhaustedException exhausted)
        {
            End(LegEndReason.Failed, text: exhausted.Message);
            return;
        }

        if (options.CodecsOf is { } other && Host.Find(other)?.Media is { } otherMedia)
        {
            Media.OfferCodecsOf(otherMedia);
        }

        _offer = Media.CreateOffer();
        _ringTimeout = agent.Loop.Timers.Start(options.RingTimeout, () => GiveUp(LegEndReason.NoAnswer, HangUpCause.Normal));
        if (!TryCallNext())
        {
            End(LegEndReason.Unreachable, text: "nobody can be called");
        }
    }

    public void OnRinging()
    {
        var canBeTold = _forks.Exists(fork => fork.CanBeTold);
        if (!_ringing || (canBeTold && !_canBeTold))
        {
            (_ringing, _canBeTold) = (true, canBeTold);
            Host.Notify(new LegRinging(Id) { CanBeTold = canBeTold });
        }
    }

    public void TellToAnswer() => _forks.Find(fork => fork.CanBeTold)?.TellToAnswer();

    public void OnEarlyAnswer(ReadOnlyMemory<byte> answer)
    {
        if (TrySettle(answer) && !HasEarlyMedia)
        {
            HasEarlyMedia = true;
            Host.Notify(new LegEarlyMedia(Id));
        }
    }

    public void OnAnswered(OutgoingInvite invite, SipSession session, ReadOnlyMemory<byte> answer)
    {
        _forks.Remove(invite);
        CancelForks(AnsweredElsewhere);
        if (TrySettle(answer))
        {
            CancelTimers();
            Answered(session);
            return;
        }

        session.HangUp(HangUpCause.Failure.ToReasonHeader());
        End(LegEndReason.Failed, text: "the phone's answer holds no SDP that we can use");
    }

    public void OnFailed(OutgoingInvite invite, int? status, string text)
    {
        _forks.Remove(invite);
        if (status is 415 or 488 or 606 && Media!.OffersEncryption)
        {
            _unable.Add(new CallAttempt(invite.Request, invite.Flow, invite.BehindNat));
        }

        if (_forks.Count == 0 && _unable.Count > 0 && Media!.GiveUpEncryption())
        {
            // They cannot do SRTP: better plain audio than no call.
            _offer = Media.CreateOffer();
            _unable.ForEach(attempt => Call(attempt with { Invite = AgentMessages.OfferAgain(attempt.Invite, attempt.Flow, _offer) }));
            return;
        }

        if (invite.Refusal is { } refusal && _route.Retry(invite.Request, refusal) is { } again)
        {
            Call(again);
            return;
        }

        // The fork that says most: a 6xx speaks for all phones, then another place, and a refusal tells more than silence (RFC 3261 section 16.7 step 6).
        if (_failure is null || status >= 600 || (_failure.Value.Status is null && status is not null) || (status is >= 300 and < 400 && _failure.Value.Status is >= 400 and < 600))
        {
            _failure = (status, text);
            _redirect = status is >= 300 and < 400 && invite.Refusal is { } moved ? RedirectionOf(moved, invite.Flow) : null;
        }

        var goesOn = _route.GoesOnAfter(invite.Refusal);
        if (_forks.Count == 0 && goesOn && TryCallNext())
        {
            return;
        }

        if (_forks.Count == 0 || status >= 600)
        {
            CancelForks(reason: null);
            End(ReasonFor(_failure.Value.Status), _failure.Value.Status, _failure.Value.Text);
        }
    }

    protected override Redirection? Redirect => _redirect;

    protected override void HangUpUnanswered(HangUpCause cause) => CancelForks(cause.ToReasonHeader());

    protected override void OnEnd()
    {
        CancelTimers();
        _route?.End();
    }

    // The first place that it names (RFC 3261 section 8.1.3.4).
    private Redirection? RedirectionOf(SipResponse moved, SipFlow flow)
    {
        if (!moved.Headers.TryGetAddresses(HeaderName.Contact, out var contacts, out _) || contacts.FirstOrDefault()?.Uri is not { } to)
        {
            return null;
        }

        var isHere = to.IsSip && Host.Options.Addresses.Append(flow.Transport.LocalEndPoint.Address).Any(address => string.Equals(SipUri.HostOf(address), to.Host, StringComparison.OrdinalIgnoreCase));
        return new Redirection(to.UserText, to.ToString(), isHere);
    }

    private static LegEndReason ReasonFor(int? status) => status switch
    {
        null => LegEndReason.Unreachable,
        (>= 400 and < 500) or >= 600 => LegEndReason.Rejected,
        _ => LegEndReason.Failed,
    };

    // False when nobody is left.
    private bool TryCallNext()
    {
        agent.Loop.Timers.Cancel(_nextTimeout);
        var attempts = _route.Next(_offer);
        foreach (var attempt in attempts)
        {
            Call(attempt);
        }

        if (_route.Patience is { } patience)
        {
            _nextTimeout = agent.Loop.Timers.Start(patience, OnPatienceLost);
        }

        return attempts.Count > 0;
    }

    private void OnPatienceLost()
    {
        if (_route.IsContentWithProgress && _forks.Exists(fork => fork.IsProceeding))
        {
            return;
        }

        CancelForks(HangUpCause.Normal.ToReasonHeader());
        if (!_route.GoesOnAfter(refusal: null) || !TryCallNext())
        {
            End(ReasonFor(_failure?.Status), _failure?.Status, _failure?.Text ?? "nobody responds");
        }
    }

    private void Call(CallAttempt attempt)
    {
        Host.Dialling?.Invoke(Id, attempt.Invite.CallId);
        _forks.Add(new OutgoingInvite(agent, attempt.Invite, attempt.Flow, attempt.BehindNat, this));
    }

    // Our one offer may be answered more than once: by each phone that rings, before the answer and with it (RFC 3261 section 13.2.2.4).
    private bool TrySettle(ReadOnlyMemory<byte> answer)
    {
        if (!_answer.IsEmpty)
        {
            if (_answer.Span.SequenceEqual(answer.Span))
            {
                return true;
            }

            Media!.CreateOffer();
        }

        if (!TryApplyAnswer(answer))
        {
            return false;
        }

        _answer = answer;
        return true;
    }

    private void GiveUp(LegEndReason reason, HangUpCause cause)
    {
        CancelForks(cause.ToReasonHeader());
        End(reason);
    }

    private void CancelTimers()
    {
        agent.Loop.Timers.Cancel(_ringTimeout);
        agent.Loop.Timers.Cancel(_nextTimeout);
    }

    private void CancelForks(string? reason)
    {
        foreach (var fork in _forks)
        {
            fork.Cancel(reason);
        }

        _forks.Clear();
    }
}
