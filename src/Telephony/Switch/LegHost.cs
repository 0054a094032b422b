using System.Collections.Concurrent;
using System.Threading.Channels;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The live legs, and the way out for what they have to tell.</summary>
internal sealed class LegHost
{
    private readonly ConcurrentDictionary<LegId, Leg> _legs = new();
    private readonly Channel<SwitchNotification> _notifications = Channel.CreateUnbounded<SwitchNotification>(new UnboundedChannelOptions { SingleWriter = true });
    private long _lastId;
    private long _lastTransfer;

    public ChannelReader<SwitchNotification> Notifications => _notifications.Reader;

    public ICollection<Leg> Live => _legs.Values;

    /// <summary>Finds whose dialog it is; set once by the switch.</summary>
    public Func<DialogId, Leg?> LegOf { get; set; } = static _ => null;

    public TransferId NewTransferId() => new(++_lastTransfer);

    public LegId NewId() => new(Interlocked.Increment(ref _lastId));

    public void Add(Leg leg) => _legs[leg.Id] = leg;

    /// <summary>Told of each Call-ID that a leg sends an INVITE with, before it does; on the loop.</summary>
    public Action<LegId, string>? Dialling { get; set; }

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

    public void Notify(SwitchNotification notification) => _notifications.Writer.TryWrite(notification);

    public void Close() => _notifications.Writer.TryComplete();
}
