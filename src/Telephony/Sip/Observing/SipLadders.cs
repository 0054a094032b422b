using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>One message of a call.</summary>
/// <param name="At">When it was received or sent.</param>
/// <param name="IsSent">By us; otherwise received.</param>
/// <param name="Transport">UDP, TCP, TLS, WS or WSS.</param>
/// <param name="Peer">Whom it came from or went to.</param>
/// <param name="Message">Its bytes.</param>
public sealed record LadderEntry(DateTimeOffset At, bool IsSent, string Transport, IPEndPoint Peer, ReadOnlyMemory<byte> Message);

/// <summary>The messages of all dialogs of a call, in the order in which they passed.</summary>
/// <param name="Subject">What the call's owner named it by.</param>
/// <param name="Entries">The messages.</param>
/// <param name="LeftOut">How many more there were than are kept.</param>
public sealed record SipLadder(Guid Subject, IReadOnlyList<LadderEntry> Entries, int LeftOut);

/// <summary>Takes ladders of calls that are over. Called on the signalling loop: never blocks, never throws.</summary>
public interface ILadderStore
{
    void Keep(SipLadder ladder);
}

/// <summary>
/// The messages of the calls that live, as references to the bytes that were read or sent: noting one costs a place in a list. A ladder belongs to a subject, and to it the Call-IDs of
/// all legs that were told to be the subject's. Belongs to the loop.
/// </summary>
internal sealed class SipLadders(TimeProvider time)
{
    private const int EntriesOfOne = 400;
    private const int LongestMessage = 8_192;

    private readonly Dictionary<string, Ladder> _byCallId = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Ladder> _bySubject = [];

    public bool IsEmpty => _byCallId.Count == 0;

    /// <summary>The Call-IDs that are noted now.</summary>
    public IReadOnlyList<string> CallIds => [.. _byCallId.Keys];

    /// <summary>Begins to note the messages of a Call-ID.</summary>
    public void Open(string callId) => _byCallId.TryAdd(callId, new Ladder { CallIds = { callId } });

    /// <summary>Says whose the messages of a Call-ID are; those of several become one ladder.</summary>
    public void Name(string callId, Guid subject)
    {
        if (!_byCallId.TryGetValue(callId, out var ladder))
        {
            return;
        }

        if (!_bySubject.TryGetValue(subject, out var whole))
        {
            _bySubject[subject] = ladder;
            ladder.Subject = subject;
        }
        else if (!ReferenceEquals(whole, ladder))
        {
            whole.Take(ladder);
            foreach (var moved in ladder.CallIds)
            {
                _byCallId[moved] = whole;
            }
        }
    }

    public void Add(string callId, bool isSent, SipFlow peer, ReadOnlyMemory<byte> message)
    {
        if (!_byCallId.TryGetValue(callId, out var ladder))
        {
            return;
        }

        if (ladder.Entries.Count == EntriesOfOne)
        {
            ladder.LeftOut++;
            return;
        }

        ladder.Entries.Add(new LadderEntry(time.GetUtcNow(), isSent, peer.Transport.Protocol, peer.Remote, message.Length > LongestMessage ? message[..LongestMessage] : message));
    }

    /// <summary>Nothing more is expected of a Call-ID. The last of a ladder gives the ladder, if it has a subject.</summary>
    public SipLadder? Close(string callId)
    {
        if (!_byCallId.Remove(callId, out var ladder) || !ladder.CallIds.Remove(callId) || ladder.CallIds.Count > 0)
        {
            return null;
        }

        if (ladder.Subject is not { } subject)
        {
            return null;
        }

        _bySubject.Remove(subject);
        return new SipLadder(subject, ladder.Entries, ladder.LeftOut);
    }

    private sealed class Ladder
    {
        public HashSet<string> CallIds { get; } = new(1, StringComparer.Ordinal);

        public Guid? Subject { get; set; }

        public List<LadderEntry> Entries { get; private set; } = new(8);

        public int LeftOut { get; set; }

        public void Take(Ladder other)
        {
            CallIds.UnionWith(other.CallIds);
            Entries.AddRange(other.Entries);
            Entries.Sort(static (a, b) => a.At.CompareTo(b.At));
            LeftOut += other.LeftOut;
        }
    }
}
