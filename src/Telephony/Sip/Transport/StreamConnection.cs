using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Sip;

/// <summary>Makes of a connected socket what messages are read from and written to: the socket's own stream, or an encrypted one.</summary>
internal delegate Task<Stream> SecureStream(Stream inner, SipFlow flow, CancellationToken cancellationToken);

/// <summary>A TCP or TLS connection: messages follow one another in a stream (RFC 3261 section 18.3).</summary>
internal sealed class StreamConnection(SipFlow flow, IConnectionOwner owner, TimeProvider time, Socket socket, SecureStream secure) : SipConnection(flow, owner, time)
{
    private const int FirstBufferBytes = 4_096;

    // Long enough for one lost packet; who is behind a filter that drops them all should not keep a caller waiting.
    private static readonly TimeSpan LongestConnecting = TimeSpan.FromSeconds(3);
    private Stream? _stream;
    private StreamFramer _framer;

    protected override async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!socket.Connected)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LongestConnecting);
            await socket.ConnectAsync(Flow.ListensAt!, limit.Token);
        }

        _stream = await secure(new NetworkStream(socket, ownsSocket: true), Flow, cancellationToken);
    }

    protected override async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var used = 0;
        try
        {
            while (true)
            {
                var read = await _stream!.ReadAsync(buffer.AsMemory(used), cancellationToken);
                if (read == 0)
                {
                    return;
                }

                used += read;
                var taken = Take(buffer.AsSpan(0, used));
                if (taken < 0)
                {
                    return;
                }

                buffer.AsSpan(taken, used - taken).CopyTo(buffer);
                used -= taken;
                if (used == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(used * 2);
                    buffer.AsSpan(0, used).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => _stream!.WriteAsync(message, cancellationToken);

    protected override async ValueTask CloseAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        socket.Dispose();
    }

    // How much of the buffer is done with; -1 when the stream cannot be read on.
    private int Take(ReadOnlySpan<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length)
        {
            var rest = buffer[taken..];
            var kind = _framer.Next(rest, out var length, out var fault);
            switch (kind)
            {
                case FrameKind.Message:
                    Deliver(rest[..length]);
                    break;
                case FrameKind.Ping:
                    TrySend("\r\n"u8);
                    HeardKeepAlive();
                    break;
                case FrameKind.Blank:
                    HeardKeepAlive();
                    break;
                case FrameKind.Broken:
                    Refuse(rest[..length], fault!);
                    return -1;
                case FrameKind.Incomplete:
                    if (rest[0] != '\r')
                    {
                        HeardPart();
                    }

                    return taken;
            }

            taken += length;
        }

        return taken;
    }

    // The head alone may be enough to answer; what is wrong with it comes before what is wrong with the framing.
    private void Refuse(ReadOnlySpan<byte> head, ParseError fault)
    {
        if (SipMessage.TryParse(head, out var message, out var worse))
        {
            Owner.OnMalformed(fault with { Answerable = message is SipRequest { Method: not SipMethods.Ack } request ? request : null }, Flow);
        }
        else
        {
            Owner.OnMalformed(fault with { Answerable = worse.Answerable }, Flow);
        }
    }
}
