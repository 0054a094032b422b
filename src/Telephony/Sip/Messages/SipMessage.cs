using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>A SIP request or response (RFC 3261 section 7). The typed views of Via, From, To, Call-ID and CSeq are read from the headers once, on first use.</summary>
public abstract class SipMessage
{
    private Via? _via;
    private NameAddr? _from;
    private NameAddr? _to;
    private string? _callId;
    private CSeq? _cSeq;

    private protected SipMessage(SipHeaders headers, ReadOnlyMemory<byte> body)
    {
        Headers = headers;
        Body = body;
    }

    public SipHeaders Headers { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The bytes that it was read from, folded lines joined; empty for a message of our own making.</summary>
    internal ReadOnlyMemory<byte> Wire { get; init; }

    /// <summary>The topmost Via value.</summary>
    public Via TopVia => _via ??= Required(HeaderName.Via, static value => Via.TryParseFirst(value, out var via, out _, out _) ? via : null);

    public NameAddr From => _from ??= Required(HeaderName.From, static value => NameAddr.TryParse(value, out var address, out _) ? address : null);

    public NameAddr To => _to ??= Required(HeaderName.To, static value => NameAddr.TryParse(value, out var address, out _) ? address : null);

    public string CallId => _callId ??= Required(HeaderName.CallId, static value => Encoding.UTF8.GetString(value));

    public CSeq CSeq => _cSeq ??= Required(HeaderName.CSeq, static value => CSeq.TryParse(value, out var cSeq) ? cSeq : null);

    /// <summary>The message on the wire.</summary>
    public byte[] ToBytes() => SipWriter.Write(this);

    public override string ToString() => Encoding.UTF8.GetString(ToBytes());

    /// <summary>Reads one message from a datagram. Never throws, whatever the bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SipMessage? message, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ParseError? error) =>
        SipParser.TryParse(datagram, out message, out error);

    internal void SetTopVia(Via via) => _via = via;

    /// <summary>Takes what the parser has read already.</summary>
    internal void SetParsed(Via via, NameAddr from, NameAddr to, CSeq cSeq) => (_via, _from, _to, _cSeq) = (via, from, to, cSeq);

    private T Required<T>(HeaderName name, ReadHeader<T> read)
        where T : class =>
        Headers.TryGet(name, out var value) && read(value.Span) is { } parsed
            ? parsed
            : throw new InvalidOperationException($"the message has no valid {name}");

    private delegate T? ReadHeader<T>(ReadOnlySpan<byte> value);
}
