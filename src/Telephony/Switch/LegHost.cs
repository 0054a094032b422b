using System.Collections.Concurrent;
using System.Threading.Channels;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The live legs, and the way out for what they have to tell.</summary>
internal sealed class LegHost(SwitchOptions options, SipLoop loop, TimeProvider time)
{
    private readonly ConcurrentDictionary<LegId, Leg> _legs = new();
    private readonly Channel<SwitchNotification> _notifications = Channel.CreateUnbounded<SwitchNotification>(new UnboundedChannelOptions { SingleWriter = true });
    private long _lastId;
    private long _lastTransfer;

    public ChannelReader<SwitchNotification> Notifications => _notifications.Reader;

    public ICollection<Leg> Live => _legs.Values;

    /// <summary>Finds whose dialog it is; set once by the switch.</summary>
    public Func<DialogId, Leg?> LegOf { get; set; } = static _ => null;

    public SwitchOptions Options => options;

    /// <summary>Where what media threads have to say is handed on.</summary>
    public SipLoop Loop => loop;

    public TimeProvider Time => time;

    public TransferId NewTransferId() => new(++_lastTransfer);

    public LegId NewId() => new(Interlocked.Increment(ref _lastId));

    public void Add(Leg leg) => _legs[leg.Id] = leg;

    /// <summary>Told of each leg that has ended, on the loop.</summary>
    public Action<LegId>? Removed { get; set; }

    public void Remove(LegId id)
    {
        if (_legs.TryRemove(id, out _))
        {
            Removed?.Invoke(id);
        }
    }

    public Leg? Find(LegId id) => _legs.GetValueOrDefault(id);

    /// <summary>What a leg may agree to.</summary>
    /// <param name="isSecure">Its signalling goes over TLS or WSS.</param>
    /// <param name="codecs">Its trunk's choice; null for the switch's.</param>
    public AudioPolicy AudioPolicyFor(bool isSecure, CodecPreference? codecs) => new(
        codecs ?? options.Codecs,
        isSecure ? MediaEncryption.Offered : options.TakesKeysInClear ? MediaEncryption.Accepted : MediaEncryption.Refused);

    public void Notify(SwitchNotification notification) => _notifications.Writer.TryWrite(notification);

    public void Close() => _notifications.Writer.TryComplete();
}
