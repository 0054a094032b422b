using System.Net.WebSockets;
using System.Security.Authentication;
using System.Threading.Channels;

namespace CallCenter.Telephony.Sip;

/// <summary>Who owns connections. Called on a connection's own thread.</summary>
internal interface IConnectionOwner
{
    void OnMessage(SipMessage message, SipFlow from);

    void OnMalformed(ParseError error, SipFlow from);

    /// <summary>The connection is over, for the given reason; nothing more comes from it.</summary>
    void OnEnded(SipConnection connection, bool wasOpen, string reason);
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
        _queue.Writer.TryComplete();
        _stop.CancelAfter(LongestFlush);
    }

    /// <summary>Closes at once.</summary>
    public void Abort()
    {
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
        if (SipMessage.TryParse(bytes, out var message, out var error))
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
        string reason;
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                limit.CancelAfter(LongestOpening);
                await OpenAsync(limit.Token);
            }

            wasOpen = true;
            var writing = WriteAllAsync();
            var reading = ReceiveAsync(_stop.Token);
            var first = await Task.WhenAny(reading, writing);

            // What was queued for a peer that has closed its side, or sent what cannot be read, still goes out.
            Close();
            await writing;
            await SayGoodbyeAsync(_stop.Token);
            await _stop.CancelAsync();
            await reading;
            reason = ReferenceEquals(first, reading) ? "the peer closed it" : "we closed it";
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or WebSocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            reason = e is OperationCanceledException && !wasOpen && !_stop.IsCancellationRequested ? $"no connection within {LongestOpening.TotalSeconds:F0} s" : e.Message;
            Abort();
        }

        await CloseAsync();
        Owner.OnEnded(this, wasOpen, reason);
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
