using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>What identifies a server transaction (RFC 3261 section 17.2.3). ACK and CANCEL look for the INVITE's.</summary>
internal readonly record struct TransactionKey(string Branch, string SentBy, string Method);

/// <summary>What marks a request that came over two paths (RFC 3261 section 8.2.2.2).</summary>
internal readonly record struct MergeKey(string CallId, string? FromTag, CSeq CSeq);

/// <summary>Who takes up requests that belong to no transaction yet. Called on the loop.</summary>
internal interface ITransactionUser
{
    void OnRequest(ServerTransaction transaction);

    /// <summary>The ACK of a 2xx: it has a branch of its own and belongs to the dialog.</summary>
    void OnAck(SipRequest ack, SipFlow source);

    /// <summary>A response that no transaction waits for.</summary>
    void OnStrayResponse(SipResponse response, SipFlow source);
}

/// <summary>Brings messages to their transactions (RFC 3261 section 17). Belongs to the loop.</summary>
internal sealed partial class TransactionLayer(SipLoop loop, SipTimers timers, ITransactionUser user, ILogger logger)
{
    // Section 18.1.1: larger requests go by a connection, lest the network lose parts of them.
    private const int LargestDatagram = 1_300;
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan ConnectionRetry = TimeSpan.FromMinutes(10);

    private readonly HashSet<IPEndPoint> _withoutConnections = [];
    private readonly Dictionary<(string Branch, string Method), ClientTransaction> _clients = [];
    private readonly Dictionary<TransactionKey, ServerTransaction> _servers = [];
    private readonly Dictionary<MergeKey, ServerTransaction> _merges = [];
    private readonly Dictionary<SipFlow, HashSet<ClientTransaction>> _byDestination = [];
    private readonly ILogger _logger = logger;

    public SipLoop Loop { get; } = loop;

    public SipTimers Timers { get; } = timers;

    /// <summary>Limits who may begin transactions here; none takes every request.</summary>
    public SipGuard? Guard { get; set; }

    /// <summary>Requests of peers that are remembered.</summary>
    public int ServerCount => _servers.Count;

    /// <summary>Requests of ours that are on their way.</summary>
    public int ClientCount => _clients.Count;

    /// <summary>Nothing is on its way, and nothing is remembered of what was.</summary>
    public bool IsEmpty => _clients.Count == 0 && _servers.Count == 0 && _merges.Count == 0 && _byDestination.Count == 0;

    public static string NewBranch() => Via.MagicCookie + RandomNumberGenerator.GetHexString(20, lowercase: true);

    public string NewTag() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Sends a request whose top Via has a branch of <see cref="NewBranch"/>.</summary>
    public ClientTransaction Send(SipRequest request, SipFlow flow, IClientTransactionUser sender)
    {
        var transaction = new ClientTransaction(this, request, flow, sender);
        if (transaction.Size > LargestDatagram && ConnectionFor(flow) is { } connection)
        {
            transaction = ClientTransaction.ByConnection(this, request, flow, connection, sender);
        }

        _clients.Add((request.TopVia.Branch!, request.Method), transaction);
        Index(transaction, transaction.Flow);
        transaction.Apply(TransactionInput.Start);
        return transaction;
    }

    public void Receive(SipMessage message, SipFlow source)
    {
        if (message is SipRequest request)
        {
            ReceiveRequest(request, source);
        }
        else if (message is SipResponse response)
        {
            if (response.TopVia.Branch is { } branch && _clients.TryGetValue((branch, response.CSeq.Method), out var client))
            {
                client.Receive(response);
            }
            else
            {
                user.OnStrayResponse(response, source);
            }
        }
    }

    /// <summary>The INVITE transaction that a CANCEL is for (RFC 3261 section 9.2); null when there is none.</summary>
    public ServerTransaction? FindCancelled(ServerTransaction cancel) => _servers.GetValueOrDefault(cancel.Key with { Method = SipMethods.Invite });

    /// <summary>The request has come on another path before (RFC 3261 section 8.2.2.2).</summary>
    public bool IsMerged(ServerTransaction transaction) => _merges.TryGetValue(MergeKeyOf(transaction.Request), out var first) && !ReferenceEquals(first, transaction);

    /// <summary>Fails what is on its way to a peer that the network calls unreachable.</summary>
    public void Unreachable(SipFlow peer)
    {
        if (_byDestination.TryGetValue(peer, out var transactions))
        {
            foreach (var transaction in transactions.ToArray())
            {
                transaction.Apply(TransactionInput.TransportError);
            }
        }
    }

    /// <summary>Fails what waits for answers over a connection that is gone, as far as none can come any more.</summary>
    public void Closed(SipFlow peer)
    {
        if (_byDestination.TryGetValue(peer, out var transactions))
        {
            foreach (var transaction in transactions.ToArray())
            {
                transaction.LoseConnection();
            }
        }
    }

    internal void Remove(ClientTransaction transaction)
    {
        _clients.Remove((transaction.Request.TopVia.Branch!, transaction.Request.Method));
        Unindex(transaction);
    }

    /// <summary>A peer takes no connections: the transaction goes on by datagram, and so do the next ones for a while.</summary>
    internal void Reroute(ClientTransaction transaction, SipFlow flow)
    {
        if (_withoutConnections.Count < MostRemembered && _withoutConnections.Add(flow.Remote))
        {
            Loop.Timers.Start(ConnectionRetry, () => _withoutConnections.Remove(flow.Remote));
        }

        Unindex(transaction);
        Index(transaction, flow);
    }

    internal void Remove(ServerTransaction transaction)
    {
        _servers.Remove(transaction.Key);
        if (transaction.Record is { } record)
        {
            record.Transactions--;
        }

        var merge = MergeKeyOf(transaction.Request);
        if (_merges.TryGetValue(merge, out var first) && ReferenceEquals(first, transaction))
        {
            _merges.Remove(merge);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The final response of call {CallId} was never acknowledged (Timer H)")]
    internal partial void LogUnacknowledged(string callId);

    // TCP beside UDP, at the same address; a peer behind an address translation cannot be connected to.
    private SipFlow? ConnectionFor(SipFlow flow) =>
        !flow.Transport.IsReliable && flow.ListensAt is not null && !_withoutConnections.Contains(flow.Remote) && flow.Transport.Siblings.Find("TCP", flow.Remote.AddressFamily) is { } tcp
            ? new SipFlow(tcp, flow.Remote)
            : null;

    private void Index(ClientTransaction transaction, SipFlow flow)
    {
        if (!_byDestination.TryGetValue(flow, out var same))
        {
            _byDestination[flow] = same = [];
        }

        same.Add(transaction);
    }

    private void Unindex(ClientTransaction transaction)
    {
        if (_byDestination.TryGetValue(transaction.Flow, out var same) && same.Remove(transaction) && same.Count == 0)
        {
            _byDestination.Remove(transaction.Flow);
        }
    }

    private static MergeKey MergeKeyOf(SipRequest request) => new(request.CallId, request.From.Tag, request.CSeq);

    // Without a unique branch RFC 3261 section 17.2.3 compares the fields that an RFC 2543 client keeps; the To tag is left out, as its ACK has one and its INVITE has not.
    private static TransactionKey KeyOf(SipRequest request)
    {
        var via = request.TopVia;
        var method = request.Method == SipMethods.Ack ? SipMethods.Invite : request.Method;
        return via.HasUniqueBranch
            ? new(via.Branch!, via.SentBy, method)
            : new($"{request.CallId} {request.From.Tag} {request.CSeq.Number} {via.Branch} {request.Uri}", via.SentBy, method);
    }

    private void ReceiveRequest(SipRequest request, SipFlow source)
    {
        var key = KeyOf(request);
        if (_servers.TryGetValue(key, out var existing))
        {
            existing.Receive(request);
            return;
        }

        if (request.Method == SipMethods.Ack)
        {
            user.OnAck(request, source);
            return;
        }

        SourceRecord? record = null;
        var admission = Guard?.Judge(request, source, out record) ?? Admission.Taken;
        if (admission != Admission.Taken)
        {
            if (admission == Admission.TooMuch)
            {
                RefuseOnce(request, source, record!);
            }

            return;
        }

        var transaction = new ServerTransaction(this, request, source, ReplyRoute.Stamp(request, source), key) { Record = record };
        _servers.Add(key, transaction);
        if (request.To.Tag is null && request.Method != SipMethods.Cancel)
        {
            _merges.TryAdd(MergeKeyOf(request), transaction);
        }

        transaction.Apply(TransactionInput.Start);
        user.OnRequest(transaction);
    }

    // Without a transaction: who asks for too much must not be given more of them.
    private void RefuseOnce(SipRequest request, SipFlow source, SourceRecord record)
    {
        var response = SipResponse.For(request, 503, "Service Unavailable", NewTag());
        response.Headers.Add(HeaderName.RetryAfter, "60");
        var bytes = response.ToBytes();
        if (Guard!.MayAnswer(record, source, bytes.Length))
        {
            source.Transport.Send(bytes, ReplyRoute.Stamp(request, source));
        }
    }
}
