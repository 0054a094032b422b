using System.Collections.Immutable;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The leg of a phone that we call, at all its bindings at once; the first to answer becomes the leg, the others are cancelled.</summary>
internal sealed class OutgoingLeg(LegId id, LegHost host, UserAgent agent, OriginateOptions options) : Leg(id, host), IOutgoingInviteUser
{
    private const string AnsweredElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private readonly List<OutgoingInvite> _forks = [];
    private (int? Status, string Text)? _failure;
    private ImmutableArray<Registration> _registrations = [];
    private TimerHandle? _ringTimeout;
    private ReadOnlyMemory<byte> _answer;
    private bool _ringing;

    public void Start(MediaEngine engine, ImmutableArray<Registration> registrations)
    {
        if (IsEnded)
        {
            return;
        }

        if (registrations.IsEmpty)
        {
            End(LegEndReason.Unreachable, text: "no phone is registered");
            return;
        }

        try
        {
            var flow = registrations[0].Flow;
            Media = engine.CreateLeg(Host.AudioPolicyFor(flow), flow.Remote.AddressFamily);
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

        _ringTimeout = agent.Loop.Timers.Start(options.RingTimeout, () => GiveUp(LegEndReason.NoAnswer, HangUpCause.Normal));
        _registrations = registrations;
        Invite();
    }

    private void Invite()
    {
        var offer = Media!.CreateOffer();
        foreach (var registration in _registrations)
        {
            var flow = registration.Flow;
            var invite = agent.Messages.NewInvite(registration.Contact, flow, FromOver(flow), Guid.NewGuid().ToString("N"), offer, options.ExtraHeaders);
            _forks.Add(new OutgoingInvite(agent, invite, flow, !registration.IsDirect, this));
        }
    }

    public void OnRinging()
    {
        if (!_ringing)
        {
            _ringing = true;
            Host.Notify(new LegRinging(Id));
        }
    }

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
            agent.Loop.Timers.Cancel(_ringTimeout);
            Answered(session);
            return;
        }

        session.HangUp(HangUpCause.Failure.ToReasonHeader());
        End(LegEndReason.Failed, text: "the phone's answer holds no SDP that we can use");
    }

    public void OnFailed(OutgoingInvite invite, int? status, string text)
    {
        _forks.Remove(invite);
        if (status is 415 or 488 or 606 && _forks.Count == 0 && Media!.GiveUpEncryption())
        {
            // It cannot do SRTP: better plain audio than no call.
            Invite();
            return;
        }

        // The fork that says most: a 6xx speaks for all phones, a refusal tells more than silence (RFC 3261 section 16.7 step 6).
        if (_failure is null || status >= 600 || (_failure.Value.Status is null && status is not null))
        {
            _failure = (status, text);
        }

        if (_forks.Count == 0 || status >= 600)
        {
            CancelForks(reason: null);
            End(ReasonFor(_failure.Value.Status), _failure.Value.Status, _failure.Value.Text);
        }
    }

    protected override void HangUpUnanswered(HangUpCause cause) => CancelForks(cause.ToReasonHeader());

    protected override void OnEnd() => agent.Loop.Timers.Cancel(_ringTimeout);

    private static LegEndReason ReasonFor(int? status) => status switch
    {
        null => LegEndReason.Unreachable,
        (>= 400 and < 500) or >= 600 => LegEndReason.Rejected,
        _ => LegEndReason.Failed,
    };

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

    private NameAddr FromOver(SipFlow flow) => new(
        options.FromDisplayName, SipUri.Of(options.FromUser.Length == 0 ? "anonymous" : options.FromUser, SipUri.HostOf(flow.Transport.LocalEndPoint.Address)), SipParameters.Empty);

    private void GiveUp(LegEndReason reason, HangUpCause cause)
    {
        CancelForks(cause.ToReasonHeader());
        End(reason);
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
