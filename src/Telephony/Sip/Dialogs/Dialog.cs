namespace CallCenter.Telephony.Sip;

/// <summary>What identifies a dialog (RFC 3261 section 12). The remote tag is empty for RFC 2543 peers.</summary>
internal readonly record struct DialogId(string CallId, string LocalTag, string RemoteTag);

/// <summary>How far a dialog is, for whoever wants to take its place (RFC 3891 section 3).</summary>
internal enum DialogPhase
{
    /// <summary>The INVITE of the other side is not answered yet.</summary>
    EarlyTheirs,

    /// <summary>Our own INVITE is not answered yet.</summary>
    EarlyOurs,

    Confirmed,

    /// <summary>Only its last messages are still on their way.</summary>
    Ended,
}

/// <summary>Receives the requests of a dialog that it registered. Called on the loop.</summary>
internal interface IDialogUser
{
    /// <summary>Whose dialog it is.</summary>
    ISessionUser User { get; }

    DialogPhase Phase { get; }

    void OnRequest(ServerTransaction transaction);

    void OnAck(SipRequest ack);
}

/// <summary>State of a dialog, early or confirmed (RFC 3261 section 12): identity, route set, remote target, sequence numbers. Belongs to the loop.</summary>
internal sealed class Dialog
{
    private readonly NameAddr _local;
    private readonly NameAddr _remote;
    private readonly SipFlow _flow;
    private readonly bool _behindNat;
    private IReadOnlyList<NameAddr> _routeSet;
    private SipUri _remoteTarget;
    private uint _localCSeq;
    private uint? _remoteCSeq;
    private (SipUri Name, SipFlow Flow)? _located;

    private Dialog(DialogId id, SipMessage first, NameAddr local, NameAddr remote, SipUri target, IReadOnlyList<NameAddr> routeSet, SipFlow flow, bool behindNat, uint localCSeq, uint? remoteCSeq)
    {
        Id = id;
        IsCaller = first is SipResponse;
        Peer.Note(first);
        _local = local;
        _remote = remote;
        _remoteTarget = target;
        _routeSet = routeSet;
        _flow = behindNat && !flow.Transport.IsReliable ? flow with { ListensAt = null } : flow;
        _behindNat = behindNat;
        _localCSeq = localCSeq;
        _remoteCSeq = remoteCSeq;
        LookAhead();
    }

    public DialogId Id { get; }

    /// <summary>The INVITE was ours, and the Call-ID is (section 14.1).</summary>
    public bool IsCaller { get; }

    /// <summary>What the other side can do.</summary>
    public PeerAbilities Peer { get; } = new();

    /// <summary>The dialog that our answer to an INVITE makes (section 12.1.1); false names what the INVITE lacks.</summary>
    public static bool TryAccept(SipRequest invite, SipFlow source, string localTag, out Dialog? dialog, out string? error)
    {
        dialog = null;
        if (!TryReadPeer(invite, SipUri.Of(user: null, source.Remote), out var target, out var routes, out error))
        {
            return false;
        }

        var id = new DialogId(invite.CallId, localTag, invite.From.Tag ?? "");
        dialog = new Dialog(id, invite, invite.To.WithTag(localTag), invite.From, target, routes, source, !ReplyRoute.IsDirect(invite, source), 0, invite.CSeq.Number);
        return true;
    }

    /// <summary>The dialog that a response to our INVITE makes (section 12.1.2); the route set is reversed.</summary>
    public static bool TryOpen(SipRequest invite, SipResponse response, SipFlow flow, bool behindNat, out Dialog? dialog, out string? error)
    {
        dialog = null;
        if (!TryReadPeer(response, invite.Uri, out var target, out var routes, out error))
        {
            return false;
        }

        var id = new DialogId(invite.CallId, invite.From.Tag!, response.To.Tag ?? "");
        dialog = new Dialog(id, response, invite.From, response.To, target, [.. routes.Reverse()], flow, behindNat, invite.CSeq.Number, remoteCSeq: null);
        return true;
    }

    /// <summary>Takes note of a request's sequence number; false when it is out of order and wants a 500 (section 12.2.2).</summary>
    public bool TryAdvance(CSeq cSeq)
    {
        if (_remoteCSeq is { } last && cSeq.Number <= last)
        {
            return false;
        }

        _remoteCSeq = cSeq.Number;
        return true;
    }

    /// <summary>The 2xx that confirms an early dialog of ours: its route set holds, whatever a provisional response said (section 13.2.2.4). False names what the 2xx lacks.</summary>
    public bool TryConfirm(SipResponse success, out string? error)
    {
        if (!TryReadPeer(success, _remoteTarget, out var target, out var routes, out error))
        {
            return false;
        }

        _remoteTarget = target;
        _routeSet = [.. routes.Reverse()];
        Peer.Note(success);
        LookAhead();
        return true;
    }

    /// <summary>Takes the Contact of a target refresh: a re-INVITE or UPDATE, or its 2xx (section 12.2, RFC 3311 section 5).</summary>
    public void RefreshTarget(SipMessage message)
    {
        Peer.Note(message);
        if (message.Headers.TryGetAddresses(HeaderName.Contact, out var contacts, out _) && contacts.Count == 1 && contacts[0].Uri.IsSip)
        {
            _remoteTarget = contacts[0].Uri;
            LookAhead();
        }
    }

    /// <summary>A request within the dialog, with the next sequence number; ACK takes its INVITE's (sections 12.2.1.1 and 13.2.2.4).</summary>
    /// <param name="method">Its method.</param>
    /// <param name="flow">What it will be sent over: a <see cref="NextHop"/> of this dialog.</param>
    /// <param name="ackOf">The sequence number of the INVITE that an ACK is for.</param>
    /// <param name="body">Content; its type is a header of its own.</param>
    public SipRequest NewRequest(string method, SipFlow flow, uint? ackOf = null, ReadOnlyMemory<byte> body = default)
    {
        var headers = new SipHeaders();
        headers.Add(HeaderName.Via, AgentMessages.NewVia(flow));
        headers.Add(HeaderName.MaxForwards, "70");
        var uri = _remoteTarget;
        if (_routeSet.Count > 0 && !_routeSet[0].Uri.Parameters.Has("lr"))
        {
            // A strict router wants to be the Request-URI and the target last in the route (section 12.2.1.1).
            uri = _routeSet[0].Uri with { Headers = null };
            AddRoutes(headers, _routeSet.Skip(1).Append(new NameAddr(_remoteTarget)));
        }
        else
        {
            AddRoutes(headers, _routeSet);
        }

        headers.Add(HeaderName.From, _local.ToString());
        headers.Add(HeaderName.To, _remote.ToString());
        headers.Add(HeaderName.CallId, Id.CallId);
        headers.Add(HeaderName.CSeq, $"{ackOf ?? ++_localCSeq} {method}");
        return new SipRequest(method, uri, headers, body);
    }

    /// <summary>Acknowledges a 2xx to an INVITE of ours; the same bytes are to be sent for each repetition (section 13.2.2.4).</summary>
    public (byte[] Bytes, SipFlow Flow) Acknowledge(uint cSeq)
    {
        var flow = NextHop();
        var ack = NewRequest(SipMethods.Ack, flow, cSeq).ToBytes();
        flow.Send(ack);
        return (ack, flow);
    }

    /// <summary>The other side wants to be called by SIPS, so our own Contact is one (section 12.1.1).</summary>
    public bool IsSips => _remoteTarget.Scheme == "sips";

    /// <summary>
    /// Where the dialog's requests go: the first route or the remote target. Back where the peer was last heard when that lies behind a NAT, or is a name that leads nowhere or has not been looked up yet.
    /// </summary>
    public SipFlow NextHop() => _behindNat ? _flow : _located is { } located && located.Name.Equals(Hop) ? located.Flow : _flow.Toward(Hop);

    private SipUri Hop => _routeSet.Count > 0 ? _routeSet[0].Uri : _remoteTarget;

    // A name is looked up before it is needed, so that no request waits for it (RFC 3263).
    private void LookAhead()
    {
        var hop = Hop;
        if (!_behindNat && hop.Address is null && _located?.Name != hop)
        {
            _flow.Transport.Siblings.Locate(hop, flows => _located = flows.Count > 0 ? (hop, flows[0]) : null);
        }
    }

    // Contact is mandatory, but RFC 2543 peers left it out where the other end was known anyhow: then that is the target.
    private static bool TryReadPeer(SipMessage message, SipUri known, out SipUri target, out IReadOnlyList<NameAddr> routes, out string? error)
    {
        target = known;
        if (!message.Headers.TryGetAddresses(HeaderName.RecordRoute, out routes, out error) || !message.Headers.TryGetAddresses(HeaderName.Contact, out var contacts, out error))
        {
            return false;
        }

        if (contacts.Count == 0)
        {
            return true;
        }

        if (contacts.Count > 1 || !contacts[0].Uri.IsSip)
        {
            error = "Contact is not one SIP address";
            return false;
        }

        target = contacts[0].Uri with { Headers = null };
        return true;
    }

    private static void AddRoutes(SipHeaders headers, IEnumerable<NameAddr> routes)
    {
        foreach (var route in routes)
        {
            headers.Add(HeaderName.Route, route.ToString());
        }
    }
}
