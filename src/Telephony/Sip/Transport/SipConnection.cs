using System.Threading.Channels;

namespace CallCenter.Telephony.Sip;

/// <summary>Who owns connections. Called on a connection's own thread.</summary>
internal interface IConnectionOwner
{
    /// <summary>Whether to look at what comes from there at all.</summary>
    bool Listens(SipFlow from);

    void OnMessage(SipMessage message, SipFlow from);

    void OnMalformed(ParseError error, SipFlow from);

    /// <summary>The connection is over; nothing more comes from it.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="wasOpen">False when it was never made.</param>
    /// <param name="error">What ended it; null when one side closed it.</param>
    void OnEnded(SipConnection connection, bool wasOpen, Exception? error);
}

/// <summary>A connection to one peer: what is sent waits in a queue of its own, what is received is parsed on its own thread. Subclasses know how messages are framed.</summary>
internal abstract class SipConnection(SipFlow flow, IConnectionOwner owner, TimeProvider time)
{
    private const int LongestQueueBytes = 1024 * 1024;
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(10);

    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private long _heard = time.GetTimestamp();
    private long _unfinishedSince = time.GetTimestamp();
    private long _writingSince;
    private int _queuedBytes;

    /// <summary>The peer, as transactions and bindings name it.</summary>
    public SipFlow Flow { get; } = flow;

    /// <summary>It takes nothing more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Ends when the connection has.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    protected IConnectionOwner Owner { get; } = owner;

    protected CancellationToken Stopping => _stop.Token;

    /// <summary>Begins to connect, where that is still to be done, then to send and receive.</summary>
    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Queues a message; never blocks. False when the connection is over; a peer that does not read what it is sent loses its connection.</summary>
    public bool TrySend(ReadOnlySpan<byte> message)
    {
        if (Interlocked.Add(ref _queuedBytes, message.Length) > LongestQueueBytes)
        {
            Abort();
            return false;
        }

        return _queue.Writer.TryWrite(message.ToArray());
    }

    /// <summary>Sends what is queued, then closes.</summary>
    public void Close()
    {
        IsClosing = true;
        _queue.Writer.TryComplete();
        _stop.CancelAfter(LongestFlush);
    }

    /// <summary>Closes at once.</summary>
    public void Abort()
    {
        IsClosing = true;
        _queue.Writer.TryComplete();
        _stop.Cancel();
    }

    /// <summary>It has waited too long: for a message at all, for the rest of one, or for the peer to take one.</summary>
    /// <param name="idle">How long it may stay silent between messages.</param>
    /// <param name="patience">How long a message may take, either way.</param>
    public bool IsOverdue(TimeSpan idle, TimeSpan patience)
    {
        var unfinished = Volatile.Read(ref _unfinishedSince);
        var writing = Volatile.Read(ref _writingSince);
        return time.GetElapsedTime(Volatile.Read(ref _heard)) > idle
            || (unfinished != 0 && time.GetElapsedTime(unfinished) > patience)
            || (writing != 0 && time.GetElapsedTime(writing) > patience);
    }

    /// <summary>Connects, where that is still to be done, and shakes hands.</summary>
    protected abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Receives until the peer closes.</summary>
    protected abstract Task ReceiveAsync(CancellationToken cancellationToken);

    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Closes what the subclass holds.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    protected virtual Task SayGoodbyeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Parses a whole message and hands it over.</summary>
    protected void Deliver(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _heard, time.GetTimestamp());
        Volatile.Write(ref _unfinishedSince, 0);
        if (!Owner.Listens(Flow))
        {
            Abort();
        }
        else if (SipMessage.TryParse(bytes, out var message, out var error))
        {
            Owner.OnMessage(message, Flow);
        }
        else
        {
            Owner.OnMalformed(error, Flow);
        }
    }

    /// <summary>A keep-alive has come. It shows that the peer lives, but is not the message that a new connection owes.</summary>
    protected void HeardKeepAlive() => Volatile.Write(ref _heard, time.GetTimestamp());

    /// <summary>A part of a message has come.</summary>
    protected void HeardPart()
    {
        if (Volatile.Read(ref _unfinishedSince) == 0)
        {
            Volatile.Write(ref _unfinishedSince, time.GetTimestamp());
        }
    }

    private async Task RunAsync()
    {
        var wasOpen = false;
        Exception? error = null;
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                limit.CancelAfter(LongestOpening);
                await OpenAsync(limit.Token);
            }

            wasOpen = true;
            await ExchangeAsync();
        }
        catch (Exception e)
        {
            error = e;
            Abort();
        }

        await CloseAsync();
        Owner.OnEnded(this, wasOpen, error);
    }

    private async Task ExchangeAsync()
    {
        var writing = WriteAllAsync();
        var reading = ReceiveAsync(_stop.Token);
        var first = await Task.WhenAny(reading, writing);

        // What was queued for a peer that has closed its side, or sent what cannot be read, still goes out.
        Close();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.IsCompletedSuccessfully && writing.IsCompletedSuccessfully)
        {
            await SayGoodbyeAsync(_stop.Token);
        }

        await _stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private async Task WriteAllAsync()
    {
        await foreach (var message in _queue.Reader.ReadAllAsync(_stop.Token))
        {
            Volatile.Write(ref _writingSince, time.GetTimestamp());
            await WriteAsync(message, _stop.Token);
            Volatile.Write(ref _writingSince, 0);
            Interlocked.Add(ref _queuedBytes, -message.Length);
        }
    }
}
