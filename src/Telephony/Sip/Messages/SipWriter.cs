using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Writes messages. Header values cannot hold line breaks (<see cref="SipHeaders.Add"/> and the parser see to it), so nothing can be injected here.</summary>
internal static class SipWriter
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static byte[] Write(SipMessage message)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(2048);
        buffer.ResetWrittenCount();
        if (message is SipRequest request)
        {
            Text(buffer, request.Method);
            buffer.Write(" "u8);
            Text(buffer, request.Uri.ToString());
            buffer.Write(" SIP/2.0\r\n"u8);
        }
        else if (message is SipResponse response)
        {
            buffer.Write("SIP/2.0 "u8);
            Number(buffer, response.StatusCode);
            buffer.Write(" "u8);
            Text(buffer, response.ReasonPhrase);
            buffer.Write("\r\n"u8);
        }

        foreach (ref readonly var header in message.Headers.Items)
        {
            buffer.Write(header.Name.Bytes);
            buffer.Write(": "u8);
            buffer.Write(header.Value.Span);
            buffer.Write("\r\n"u8);
        }

        buffer.Write("Content-Length: "u8);
        Number(buffer, message.Body.Length);
        buffer.Write("\r\n\r\n"u8);
        buffer.Write(message.Body.Span);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);

    private static void Number(ArrayBufferWriter<byte> buffer, int value)
    {
        Utf8Formatter.TryFormat(value, buffer.GetSpan(11), out var length);
        buffer.Advance(length);
    }

    /// <summary>The Call-ID of a message that was written here; null when it has none.</summary>
    public static string? CallIdOf(ReadOnlySpan<byte> message)
    {
        var start = message.IndexOf("\r\nCall-ID: "u8);
        var rest = start < 0 ? default : message[(start + 11)..];
        var length = rest.IndexOf((byte)'\r');
        return length <= 0 ? null : Encoding.UTF8.GetString(rest[..length]);
    }
}
