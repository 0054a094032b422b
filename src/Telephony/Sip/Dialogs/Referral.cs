using System.Globalization;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// A REFER that we were sent, and the subscription that it makes: the other side is told by NOTIFY how the call goes that it asked for (RFC 3515; RFC 4488 without telling; RFC 6665 section 4.2.2).
/// Belongs to the loop.
/// </summary>
internal sealed class Referral
{
    private const string SipFragment = "message/sipfrag;version=2.0";

    private readonly UserAgent _agent;
    private readonly Dialog _dialog;
    private readonly ServerTransaction _refer;
    private readonly TimerHandle _guard;
    private readonly Queue<string> _untold = new();
    private bool _silent;
    private bool _telling;
    private bool _over;

    public Referral(UserAgent agent, Dialog dialog, ServerTransaction refer, SipUri target, Replaces? replaces)
    {
        _agent = agent;
        _dialog = dialog;
        _refer = refer;
        Target = target;
        Replaces = replaces;

        // The other side's Timer F must not run out (RFC 4320), whatever became of who was to decide.
        _guard = agent.Loop.Timers.Start(agent.Timers.TransactionTimeout / 2, () => Refuse(503, "Service Unavailable"));
    }

    /// <summary>Whom to call: a SIP address.</summary>
    public SipUri Target { get; }

    /// <summary>The dialog whose place the call takes: the transfer is attended.</summary>
    public Replaces? Replaces { get; }

    /// <summary>Neither accepted nor refused yet.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Reads what a REFER asks for; false names what is wrong with it. Only a call to a SIP address can be asked for.</summary>
    public static bool TryRead(SipRequest refer, out SipUri? target, out Replaces? replaces, out string? error)
    {
        target = null;
        replaces = null;
        if (!refer.Headers.TryGetAddresses(HeaderName.ReferTo, out var addresses, out error))
        {
            return false;
        }

        if (addresses.Count != 1)
        {
            error = $"{addresses.Count} Refer-To addresses instead of one";
            return false;
        }

        var uri = addresses[0].Uri;
        if (!uri.IsSip)
        {
            error = "Refer-To is no SIP address";
            return false;
        }

        if ((uri.Parameters["method"] ?? SipMethods.Invite) != SipMethods.Invite)
        {
            error = "Refer-To asks for something else than INVITE";
            return false;
        }

        if (!Replaces.TryRead(uri, out replaces))
        {
            error = "the Replaces in Refer-To names no dialog";
            return false;
        }

        target = uri with { Headers = null };
        return true;
    }

    /// <summary>Takes it on: 202, and a first NOTIFY unless the other side wants none.</summary>
    public void Accept()
    {
        if (!Close())
        {
            return;
        }

        _silent = _refer.Request.Headers[HeaderName.ReferSub] is { } wanted && wanted.Split(';', 2)[0].Trim().Equals("false", StringComparison.OrdinalIgnoreCase);
        var response = _agent.Messages.SessionResponse(_refer, 202, "Accepted", _dialog.Id.LocalTag, sdp: null);
        if (_silent)
        {
            response.Headers.Add(HeaderName.ReferSub, "false");
        }

        _refer.Respond(response);
        Tell(100, "Trying");
    }

    public void Refuse(int status, string reason)
    {
        if (Close())
        {
            _over = true;
            _refer.Respond(status, reason);
        }
    }

    /// <summary>Tells how the call goes; a final status is the last that is told.</summary>
    /// <param name="status">100 to 699.</param>
    /// <param name="reason">Reason phrase.</param>
    public void Tell(int status, string reason)
    {
        if (IsOpen || _silent || _over)
        {
            return;
        }

        _over = status >= 200;
        _untold.Enqueue($"SIP/2.0 {status.ToString(CultureInfo.InvariantCulture)} {reason}");
        TellNext();
    }

    private bool Close()
    {
        if (!IsOpen)
        {
            return false;
        }

        IsOpen = false;
        _agent.Loop.Timers.Cancel(_guard);
        return true;
    }

    // One after the other: over UDP a later NOTIFY may overtake, and would be refused for its sequence number.
    private void TellNext()
    {
        if (_telling || !_untold.TryDequeue(out var line))
        {
            return;
        }

        _telling = true;
        var last = _over && _untold.Count == 0;
        var flow = _dialog.NextHop();
        var notify = _dialog.NewRequest(SipMethods.Notify, flow, body: Encoding.UTF8.GetBytes($"{line}\r\n"));
        notify.Headers.Add(HeaderName.Contact, $"<{flow.Transport.ContactUri(_dialog.IsSips)}>");
        notify.Headers.Add(HeaderName.Event, string.Create(CultureInfo.InvariantCulture, $"refer;id={_refer.Request.CSeq.Number}"));
        notify.Headers.Add(HeaderName.SubscriptionState, last ? "terminated;reason=noresource" : "active;expires=60");
        notify.Headers.Add(HeaderName.ContentType, SipFragment);
        DialogRequest.Send(_agent, notify, flow, response =>
        {
            _telling = false;
            if (response is { IsSuccess: true })
            {
                TellNext();
            }
            else
            {
                // Who does not take a NOTIFY wants no more of them; the call goes on (RFC 5057 section 5).
                _over = true;
                _untold.Clear();
            }
        });
    }
}
