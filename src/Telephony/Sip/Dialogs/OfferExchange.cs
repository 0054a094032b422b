using System.Security.Cryptography;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Offers and answers of an answered call: INVITE and UPDATE of either side, one at a time (RFC 3261 section 14, RFC 3311, RFC 3264 section 4), and the ACKs that our answers wait for.
/// Belongs to the loop.
/// </summary>
/// <param name="agent">Sends what we ask.</param>
/// <param name="dialog">The call's dialog.</param>
/// <param name="user">Who holds the media.</param>
/// <param name="timer">Told of everything that refreshes the session.</param>
/// <param name="fail">Ends the call, which cannot go on.</param>
internal sealed class OfferExchange(UserAgent agent, Dialog dialog, ISessionUser user, SessionTimer timer, Action<string> fail)
{
    private const int Attempts = 5;
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(32);

    private SuccessRepeater? _unacknowledged;
    private TimerHandle? _backOff;
    private bool _awaitsAnswer;
    private bool _sending;
    private bool _sendingOffer;
    private bool _offerWanted;
    private bool _refreshWanted;
    private bool _closed;
    private int _attempts;

    /// <summary>A 2xx of ours has not been acknowledged yet.</summary>
    public bool AwaitsAck => _unacknowledged is not null;

    private bool OursIsOpen => _sendingOffer || _awaitsAnswer;

    /// <summary>Answers an INVITE with a 2xx and sees to it that it is acknowledged.</summary>
    /// <param name="invite">The INVITE, first or again.</param>
    /// <param name="sdp">Our answer, our offer when the INVITE had none, or null when both have been exchanged already.</param>
    /// <param name="isOffer">The ACK must bring the answer.</param>
    public void Accept(ServerTransaction invite, string? sdp, bool isOffer)
    {
        var response = agent.Messages.SessionResponse(invite, 200, "OK", dialog.Id.LocalTag, sdp);
        timer.Answer(invite.Request, response);
        _awaitsAnswer = isOffer;
        _unacknowledged?.Stop();
        _unacknowledged = new SuccessRepeater(agent.Loop.Timers, agent.Timers, invite.Request.CSeq.Number, () => invite.Respond(response), () =>
        {
            _unacknowledged = null;
            fail("the answer was never acknowledged");
        });
        invite.Respond(response);
    }

    /// <summary>Takes an ACK; true when it is the one that was waited for.</summary>
    public bool OnAck(SipRequest ack)
    {
        if (_unacknowledged is null || ack.CSeq.Number != _unacknowledged.CSeq)
        {
            return false;
        }

        _unacknowledged.Stop();
        _unacknowledged = null;
        if (_awaitsAnswer && !_closed)
        {
            _awaitsAnswer = false;
            if (ack.Body.IsEmpty || !user.TryApplyAnswer(ack.Body))
            {
                fail("the ACK brought no usable answer to our offer");
                return true;
            }
        }

        SendNext();
        return true;
    }

    public void OnInvite(ServerTransaction invite)
    {
        var request = invite.Request;
        if (OursIsOpen)
        {
            // Glare: our own offer waits for its answer (section 14.2, RFC 6337 section 4.3).
            invite.Respond(491, "Request Pending");
        }
        else if (agent.Messages.ContentFault(request) is { } fault)
        {
            invite.Respond(fault);
        }
        else if (SessionTimer.IsTooBrief(request, agent.Timers))
        {
            invite.Respond(SessionTimer.TooBrief(request, dialog.Id.LocalTag, agent.Timers));
        }
        else if (request.Body.IsEmpty)
        {
            dialog.RefreshTarget(request);
            Accept(invite, user.CreateOffer(), isOffer: true);
        }
        else if (user.TryAnswerOffer(request.Body, out var answer))
        {
            dialog.RefreshTarget(request);
            Accept(invite, answer, isOffer: false);
        }
        else
        {
            invite.Respond(488, "Not Acceptable Here");
        }
    }

    public void OnUpdate(ServerTransaction update) => PeerUpdate.Answer(agent, dialog, user, update, OursIsOpen ? OfferState.Ours : OfferState.Settled, timer);

    /// <summary>Offers anew what the media now is, as soon as nothing else is under way.</summary>
    public void Offer()
    {
        _offerWanted = true;
        SendNext();
    }

    /// <summary>Refreshes the session, by UPDATE where the other side knows it, else by an INVITE with an unchanged offer (RFC 4028 section 7.4).</summary>
    public void Refresh()
    {
        _refreshWanted = true;
        SendNext();
    }

    /// <summary>Nothing more is begun, and what is under way changes nothing any more; an ACK may still be waited for.</summary>
    public void Close()
    {
        _closed = true;
        agent.Loop.Timers.Cancel(_backOff);
    }

    /// <summary>The dialog is over: no ACK is waited for either.</summary>
    public void Drop()
    {
        Close();
        _unacknowledged?.Stop();
        _unacknowledged = null;
    }

    private void SendNext()
    {
        if (_closed || _sending || AwaitsAck || _backOff is { IsPending: true })
        {
            return;
        }

        if (_offerWanted || (_refreshWanted && !dialog.Peer.Update))
        {
            Send(SipMethods.Invite, user.CreateOffer());
        }
        else if (_refreshWanted)
        {
            Send(SipMethods.Update, offer: null);
        }
    }

    private void Send(string method, string? offer)
    {
        var flow = dialog.NextHop();
        var request = agent.Messages.SessionRequest(dialog, method, flow, offer);
        timer.Ask(request.Headers);
        _sending = true;
        _sendingOffer = offer is not null;
        _offerWanted = false;
        _refreshWanted = false;
        Action<SipResponse?> done = response => OnFinal(response, method);
        agent.Transactions.Send(request, flow, method == SipMethods.Invite ? new ReInvite(dialog, done) : new DialogRequest(done));
    }

    private void OnFinal(SipResponse? response, string method)
    {
        var hadOffer = _sendingOffer;
        _sending = false;
        _sendingOffer = false;
        if (_closed)
        {
            return;
        }

        switch (response)
        {
            case null or { StatusCode: 408 or 481 }:
                // Section 12.2.1.2: the other side has lost the dialog, or is gone.
                fail(response is null ? $"no response to {method} within the call" : $"{response.StatusCode} {response.ReasonPhrase} to {method} within the call");
                return;
            case { IsSuccess: true }:
                _attempts = 0;
                dialog.RefreshTarget(response);
                timer.Agree(response);
                if (hadOffer && (response.Body.IsEmpty || !user.TryApplyAnswer(response.Body)))
                {
                    fail("the other side's 2xx brought no usable answer to our offer");
                    return;
                }

                break;
            case { StatusCode: 405 or 501 } when method == SipMethods.Update:
                dialog.Peer.LacksUpdate();
                _refreshWanted = true;
                break;
            case { StatusCode: 422 } when timer.TryRaise(response):
                Again(hadOffer);
                break;
            case { StatusCode: 491 }:
                BackOff(Glare(), hadOffer);
                break;
            case { StatusCode: >= 500 and < 600 } when RetryAfter(response) is { } wait && wait <= LongestBackOff:
                BackOff(wait, hadOffer);
                break;
            default:
                // Refused: the session is what it was (section 14.1).
                break;
        }

        SendNext();
    }

    private void BackOff(TimeSpan wait, bool withOffer)
    {
        if (++_attempts < Attempts)
        {
            _backOff = agent.Loop.Timers.Start(wait, () =>
            {
                Again(withOffer);
                SendNext();
            });
        }
    }

    private void Again(bool withOffer)
    {
        _offerWanted |= withOffer;
        _refreshWanted |= !withOffer;
    }

    // Section 14.1: who owns the Call-ID waits longer, so that the two do not meet again.
    private TimeSpan Glare() => TimeSpan.FromMilliseconds(dialog.IsCaller ? 2100 + (10 * RandomNumberGenerator.GetInt32(191)) : 10 * RandomNumberGenerator.GetInt32(201));

    private static TimeSpan? RetryAfter(SipResponse response) =>
        response.Headers.TryGet(HeaderName.RetryAfter, out var field) && new SipScanner(field.Span) is var scanner && SipScanner.TryNumber(scanner.Token(), int.MaxValue, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
