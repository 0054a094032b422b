using CallCenter.Telephony;

namespace CallCenter.Routing.Voicemails;

/// <summary>An agent who listens to messages by phone.</summary>
/// <param name="incoming">How the agent's phone came in.</param>
/// <param name="agent">Who listens.</param>
internal sealed class MailboxVisit(IncomingCall incoming, LiveAgent agent)
{
    /// <summary>What the agent is busy with meanwhile: no call, but like one.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();
    public IncomingCall Incoming { get; } = incoming;
    public LegId Leg => Incoming.Leg;
    public LiveAgent Agent { get; } = agent;
    public List<MailboxMessage> Messages { get; } = [];

    /// <summary>Which is listened to, from 0; as many as there are: all have been.</summary>
    public int At { get; set; }
    public MailboxMessage? Current => At < Messages.Count ? Messages[At] : null;

    /// <summary>What follows when this has been played to its end.</summary>
    public (Guid PlaybackId, Action Then)? Playing { get; set; }

    /// <summary>What has been pressed, each key once.</summary>
    public KeyPresses Keys { get; } = new();
}
