using System.Net;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>Takes up calls. Called on the loop.</summary>
internal interface ICallTaker
{
    /// <summary>An INVITE that begins a call, well-formed and with a content we know. Whoever takes it up answers it.</summary>
    void OnInvite(ServerTransaction invite);
}

/// <summary>The core of the SIP room (RFC 3261 section 8): transports below, transactions, dialogs, and the rules that hold for every request.</summary>
internal sealed partial class UserAgent : ITransactionUser, ISipTransportUser, IAsyncDisposable
{
    // Messages that wait; more could not be handled before their senders repeat them, so they are dropped as a full socket would.
    private const int LongestBacklog = 20_000;

    private readonly ICallTaker _calls;
    private readonly ILogger _logger;
    private readonly Dictionary<DialogId, IDialogUser> _dialogs = [];
    private readonly HashSet<OutgoingInvite> _outgoing = [];
    private readonly Registrar _registrar;
    private SipTransports? _transports;
    private TaskCompletionSource? _idle;

    public UserAgent(SipLoop loop, SipTimers timers, Registrar registrar, ICallTaker calls, ILogger logger)
    {
        Loop = loop;
        Timers = timers;
        Transactions = new TransactionLayer(loop, timers, this, logger);
        Messages = new AgentMessages(this);
        _registrar = registrar;
        _calls = calls;
        _logger = logger;
    }

    public SipLoop Loop { get; }

    public SipTimers Timers { get; }

    /// <summary>Builds what this agent sends.</summary>
    public AgentMessages Messages { get; }

    public TransactionLayer Transactions { get; }

    /// <summary>Limits what strangers may do; none lets everybody do everything.</summary>
    public SipGuard? Guard
    {
        get => Transactions.Guard;
        init => Transactions.Guard = value;
    }

    /// <summary>What this agent speaks over, once open.</summary>
    public SipTransports Transports => _transports ?? throw new InvalidOperationException("SIP is not open yet");

    /// <summary>Takes the transports that this agent speaks over, before anything is received.</summary>
    public void Attach(params IReadOnlyList<SipTransport> transports) => _transports = new SipTransports(transports) { Locate = Locate };

    /// <summary>Looks names up; without it only addresses are known.</summary>
    public ISipLocator? Locator { get; set; }

    /// <summary>The ways to URIs, for those who cannot wait.</summary>
    public KnownHops Hops => field ??= new KnownHops(this);

    /// <summary>
    /// Finds the ways to a URI, the best first (RFC 3263): at once where it has an address, else when the answer is there. Who sends a request tries the next one on time-out, transport error and 503 (section 4.3).
    /// </summary>
    /// <param name="uri">The next hop.</param>
    /// <param name="found">Called on the loop; with nothing when the URI leads nowhere.</param>
    public void Locate(SipUri uri, Action<IReadOnlyList<SipFlow>> found)
    {
        if (SipLocator.OfAddress(uri) is { } target)
        {
            found(Transports.FlowTo(target) is { } flow ? [flow] : []);
        }
        else if (Locator is null)
        {
            found([]);
        }
        else
        {
            _ = LocateAsync(Locator, uri, found);
        }
    }

    /// <summary>Completes when no dialog lives and no INVITE of ours is open.</summary>
    public Task WhenIdle()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() =>
        {
            _idle = idle;
            CheckIdle();
        });
        return idle.Task;
    }

    public void Register(DialogId id, IDialogUser user) => _dialogs[id] = user;

    public void Unregister(DialogId id)
    {
        _dialogs.Remove(id);
        CheckIdle();
    }

    public IDialogUser? FindDialog(DialogId id) => _dialogs.GetValueOrDefault(id);

    public void Track(OutgoingInvite invite) => _outgoing.Add(invite);

    public void Untrack(OutgoingInvite invite)
    {
        _outgoing.Remove(invite);
        CheckIdle();
    }

    public async ValueTask DisposeAsync()
    {
        if (_transports is not null)
        {
            await _transports.DisposeAsync();
        }
    }

    void ISipTransportUser.OnMessage(SipMessage message, SipFlow from)
    {
        if (Loop.Backlog > LongestBacklog)
        {
            LogOverload(from.Remote);
            return;
        }

        Post(from, () => Transactions.Receive(message, from));
    }

    bool ISipTransportUser.Listens(IPAddress source) => Guard?.Listens(source) ?? true;

    void ISipTransportUser.OnMalformed(ParseError error, SipFlow from)
    {
        LogMalformed(from, error);
        if (from.Transport.IsReliable && error.Answerable is not null)
        {
            // At once: the connection is closed next.
            from.Transport.Send(AnswerTo(error), from);
        }

        if (Loop.Backlog <= LongestBacklog)
        {
            Post(from, () => OnMalformed(error, from));
        }
    }

    void ISipTransportUser.OnUnreachable(SipFlow peer) => Loop.Post(() => Transactions.Unreachable(peer));

    void ISipTransportUser.OnClosed(SipFlow peer) => Loop.Post(() =>
    {
        Transactions.Closed(peer);
        _registrar.Forget(peer);
    });

    void ITransactionUser.OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (request.Method == SipMethods.Cancel)
        {
            OnCancel(transaction);
        }
        else if (request.MaxForwards == 0)
        {
            transaction.Respond(483, "Too Many Hops");
        }
        else if (request.Method is not (SipMethods.Invite or SipMethods.Bye or SipMethods.Options or SipMethods.Register) && request.To.Tag is null)
        {
            transaction.Respond(Messages.OtherResponse(transaction.Request));
        }
        else if (!request.Uri.IsSip)
        {
            transaction.Respond(416, "Unsupported URI Scheme");
        }
        else if (request.To.Tag is { } tag)
        {
            OnInDialog(transaction, tag);
        }
        else if (Transactions.IsMerged(transaction))
        {
            transaction.Respond(482, "Loop Detected");
        }
        else if (!RequiresTooMuch(transaction))
        {
            OnOutOfDialog(transaction);
        }
    }

    void ITransactionUser.OnAck(SipRequest ack, SipFlow source) => FindDialog(new DialogId(ack.CallId, ack.To.Tag ?? "", ack.From.Tag ?? ""))?.OnAck(ack);

    // A 2xx repeated after Timer M, or a response forged or misrouted: nothing of ours waits for it, and nothing is answered to responses.
    void ITransactionUser.OnStrayResponse(SipResponse response, SipFlow source) => LogStray(response.StatusCode, response.CallId, source);

    // A source that has its share of messages in the queue already loses the rest.
    private void Post(SipFlow from, Action work)
    {
        if (Guard is not { } guard)
        {
            Loop.Post(work);
        }
        else if (guard.TryQueue(from.Remote.Address))
        {
            Loop.Post(() =>
            {
                guard.Dequeue(from.Remote.Address);
                work();
            });
        }
    }

    private void OnMalformed(ParseError error, SipFlow from)
    {
        var record = Guard?.Malformed(from, error.Answerable?.Wire.Length ?? 0);
        if (from.Transport.IsReliable || error.Answerable is not { } request)
        {
            return;
        }

        var response = AnswerTo(error);
        if (record is null || Guard!.MayAnswer(record, from, response.Length))
        {
            from.Transport.Send(response, ReplyRoute.For(request.TopVia, from));
        }
    }

    // Without a transaction, and with the Via as it is: each copy of a malformed request is answered by itself.
    private byte[] AnswerTo(ParseError error) => SipResponse.For(error.Answerable!, error.StatusCode, ReasonOf(error), Transactions.NewTag()).ToBytes();

    private void CheckIdle()
    {
        if (_dialogs.Count == 0 && _outgoing.Count == 0)
        {
            _idle?.TrySetResult();
        }
    }

    private async Task LocateAsync(ISipLocator locator, SipUri uri, Action<IReadOnlyList<SipFlow>> found)
    {
        IReadOnlyList<SipFlow> flows = [];
        try
        {
            flows = [.. (await locator.LocateAsync(uri, CancellationToken.None)).Select(Transports.FlowTo).OfType<SipFlow>()];
        }
        catch (Exception defect)
        {
            // Nobody awaits this: a defect is reported here, and whoever waits hears that there is no way.
            LogLocatingFailed(defect, uri);
        }

        Loop.Post(() => found(flows));
    }

    private static string ReasonOf(ParseError error) => error.StatusCode switch
    {
        505 => "Version Not Supported",
        _ => $"Bad Request ({error.Reason})",
    };

    private void OnCancel(ServerTransaction cancel)
    {
        if (Transactions.FindCancelled(cancel) is not { } invite)
        {
            cancel.Respond(481, "Call/Transaction Does Not Exist");
            return;
        }

        cancel.Respond(SipResponse.For(cancel.Request, 200, "OK", invite.User?.LocalTag ?? Transactions.NewTag()));
        invite.User?.OnCancel(cancel.Request);
    }

    private void OnInDialog(ServerTransaction transaction, string localTag)
    {
        var request = transaction.Request;
        if (FindDialog(new DialogId(request.CallId, localTag, request.From.Tag ?? "")) is not { } dialog)
        {
            transaction.Respond(481, "Call/Transaction Does Not Exist");
        }
        else if (!RequiresTooMuch(transaction))
        {
            dialog.OnRequest(transaction);
        }
    }

    private void OnOutOfDialog(ServerTransaction transaction)
    {
        var request = transaction.Request;
        switch (request.Method)
        {
            case SipMethods.Register:
                var answer = _registrar.Handle(transaction, Transactions.NewTag());
                Judge(transaction, answer);
                if (answer.StatusCode == 401)
                {
                    transaction.RespondOnce(answer);
                }
                else
                {
                    transaction.Respond(answer);
                }

                break;
            case SipMethods.Bye:
                transaction.Respond(481, "Call/Transaction Does Not Exist");
                break;
            case SipMethods.Invite when Messages.ContentFault(request) is { } fault:
                transaction.Respond(fault);
                break;
            case SipMethods.Invite when !AgentMessages.TakesSdp(request):
                transaction.Respond(406, "Not Acceptable");
                break;
            case SipMethods.Invite:
                _calls.OnInvite(transaction);
                break;
            default:
                transaction.Respond(Messages.OtherResponse(transaction.Request));
                break;
        }
    }

    /// <summary>Tells the guard what came of a request that must prove a password.</summary>
    /// <param name="transaction">The request.</param>
    /// <param name="answer">401 and 403 count against its source; success clears it; others say nothing of the password.</param>
    public void Judge(ServerTransaction transaction, SipResponse answer)
    {
        if (answer.StatusCode is 401 or 403 && transaction.Record is { } record)
        {
            Guard!.Challenged(record, transaction.Source, transaction.Request, answer);
        }
        else if (answer.IsSuccess)
        {
            Proved(transaction);
        }
    }

    /// <summary>Tells the guard that a request has proved a password.</summary>
    public void Proved(ServerTransaction transaction)
    {
        if (transaction.Record is { } record)
        {
            Guard!.Proved(record);
        }
    }

    // Section 8.2.2.3: the registrar knows other extensions than calls do.
    private bool RequiresTooMuch(ServerTransaction transaction)
    {
        var isRegister = transaction.Request.Method == SipMethods.Register;
        var required = string.Join(", ", transaction.Request.Headers.Tokens(HeaderName.Require).Where(tag => !(isRegister ? Registrar.Supports(tag) : OptionTags.IsKnown(tag))));
        if (required.Length == 0)
        {
            return false;
        }

        var response = SipResponse.For(transaction.Request, 420, "Bad Extension", Transactions.NewTag());
        response.Headers.Add(HeaderName.Unsupported, required);
        transaction.Respond(response);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A malformed message from {Source}: {Error}")]
    private partial void LogMalformed(SipFlow source, ParseError error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A response {Status} of call {CallId} from {Source} that nothing waits for")]
    private partial void LogStray(int status, string callId, SipFlow source);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking {Uri} up failed")]
    private partial void LogLocatingFailed(Exception defect, SipUri uri);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Too many messages wait; one from {Source} is dropped")]
    private partial void LogOverload(IPEndPoint source);
}
