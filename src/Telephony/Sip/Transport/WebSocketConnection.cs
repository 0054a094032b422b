using System.Net.WebSockets;
using System.Text.Unicode;

namespace CallCenter.Telephony.Sip;

/// <summary>One WebSocket: each SIP message is one message of it, text or binary (RFC 7118 section 5).</summary>
internal sealed class WebSocketConnection(SipFlow flow, IConnectionOwner owner, TimeProvider time, WebSocket socket) : SipConnection(flow, owner, time)
{
    private const int FirstBufferBytes = 4_096;

    protected override Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBufferBytes];
        var used = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(used), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            used += received.Count;
            if (received.EndOfMessage)
            {
                Take(buffer.AsSpan(0, used));
                used = 0;
                continue;
            }

            HeardPart();
            if (used >= SipLimits.MessageBytes)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, $"more than {SipLimits.MessageBytes} bytes", cancellationToken);
                return;
            }

            if (used == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(used * 4, SipLimits.MessageBytes));
            }
        }
    }

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        socket.SendAsync(message, Utf8.IsValid(message.Span) ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    protected override Task SayGoodbyeAsync(CancellationToken cancellationToken) => socket.State is WebSocketState.Open or WebSocketState.CloseReceived
        ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken)
        : Task.CompletedTask;

    protected override ValueTask CloseAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (message.SequenceEqual("\r\n\r\n"u8))
        {
            TrySend("\r\n"u8);
            HeardKeepAlive();
        }
        else if (message.IsEmpty || message.SequenceEqual("\r\n"u8))
        {
            HeardKeepAlive();
        }
        else
        {
            Deliver(message);
        }
    }
}
