using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>A transport that keeps what is sent, unreliable if it is UDP.</summary>
internal sealed class MemoryTransport(string protocol = "UDP") : SipTransport
{
    private readonly Lock _lock = new();
    private readonly List<(byte[] Bytes, IPEndPoint To)> _sent = [];

    public override string Protocol => protocol;

    public override bool IsReliable => protocol != "UDP";

    public override IPEndPoint LocalEndPoint { get; } = new(IPAddress.Parse("192.0.2.100"), 5060);

    public bool Fails { get; set; }

    public IReadOnlyList<(byte[] Bytes, IPEndPoint To)> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>Forgets what was sent.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _sent.Clear();
            _sent.TrimExcess();
        }
    }

    public override bool Send(ReadOnlySpan<byte> message, SipFlow flow)
    {
        if (Fails)
        {
            return false;
        }

        lock (_lock)
        {
            _sent.Add((message.ToArray(), flow.Remote));
        }

        return true;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
