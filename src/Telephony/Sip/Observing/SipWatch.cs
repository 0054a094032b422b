namespace CallCenter.Telephony.Sip;

/// <summary>Sees every message on its way in and out. Belongs to the loop.</summary>
internal sealed class SipWatch(TimeProvider time)
{
    public SipCounters Counters { get; } = new();

    /// <summary>The messages of the calls that live.</summary>
    public SipLadders Ladders { get; } = new(time);

    public void Received(SipMessage message, SipFlow from)
    {
        Counters.CountReceived(message);
        if (!Ladders.IsEmpty)
        {
            Ladders.Add(message.CallId, isSent: false, from, message.Wire);
        }
    }

    public void Sent(byte[] message, SipFlow to)
    {
        Counters.CountSent(message);
        if (!Ladders.IsEmpty && SipWriter.CallIdOf(message) is { } callId)
        {
            Ladders.Add(callId, isSent: true, to, message);
        }
    }
}
