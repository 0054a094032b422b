using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>A trunk at work: its gateways' health, its registration, its calls. Belongs to the loop.</summary>
internal sealed class TrunkLine
{
    private readonly TimeProvider _time;
    private readonly Action<SwitchNotification> _notify;
    private readonly List<GatewayProbe> _probes = [];
    private readonly HashSet<string> _callIds = new(StringComparer.Ordinal);
    private readonly UserAgent _agent;
    private bool? _toldUp;
    private bool _stopped;

    public TrunkLine(UserAgent agent, Trunk settings, TimeProvider time, Action<SwitchNotification> notify)
    {
        _agent = agent;
        Settings = settings;
        Codecs = settings.Codecs.Count > 0 ? new CodecPreference(settings.Codecs) : null;
        _time = time;
        _notify = notify;
        Gateways = [.. settings.Gateways.Select(gateway => new GatewayHealth(gateway))];
        foreach (var health in Gateways)
        {
            _probes.Add(new GatewayProbe(agent, settings, health, (well, detail) => Heard(health, well, detail)));
        }

        if (settings.Registration is { } registration)
        {
            Registration = new ProviderRegistration(agent, this, registration, reason =>
                _notify(reason is null ? new TrunkRegistered(settings.Name) : new TrunkUnregistered(settings.Name, reason)));
        }
    }

    public Trunk Settings { get; }

    /// <summary>Null for the switch's own.</summary>
    public CodecPreference? Codecs { get; }

    public IReadOnlyList<GatewayHealth> Gateways { get; }

    public ProviderRegistration? Registration { get; }

    /// <summary>Calls now, in and out.</summary>
    public int Calls { get; private set; }

    /// <summary>A trunk without gateways takes calls only, and is never down.</summary>
    public bool IsUp => Gateways.Count == 0 || Gateways.Any(gateway => gateway.IsUp);

    public TrunkStatus Status => new(Settings.Name, IsUp, Registration is { } registration ? registration.IsRegistered == true : null, Calls, [.. Gateways.Select(gateway => gateway.Status)]);

    /// <summary>Looks for the gateways, and once all are found asks them and registers.</summary>
    public void Start()
    {
        var left = Gateways.Count;
        foreach (var gateway in Gateways)
        {
            gateway.Locate(_agent, () =>
            {
                if (--left == 0 && !_stopped)
                {
                    _probes.ForEach(probe => probe.Start());
                    Registration?.Start();
                }
            });
        }
    }

    /// <summary>Calls that are up stay; nothing new is asked of the gateways.</summary>
    public void Stop()
    {
        _stopped = true;
        _probes.ForEach(probe => probe.Stop());
        Registration?.Stop();
    }

    /// <summary>The gateways that can be called now, in the order to try them.</summary>
    public IEnumerable<GatewayHealth> Next()
    {
        if (Settings.ProbeInterval is null)
        {
            // No probe does so: what has moved meanwhile is found for the next call.
            foreach (var gateway in Gateways)
            {
                gateway.Locate(_agent, static () => { });
            }
        }

        return GatewayOrder.Of(Gateways.Where(gateway => gateway.IsUsable(_time.GetUtcNow())), gateway => gateway.Gateway, Random.Shared.Next);
    }

    /// <summary>Takes note of what a gateway did, and tells when the trunk as a whole has gone up or down by it. Without probes nothing would bring a gateway up again: then it stays up.</summary>
    public void Heard(GatewayHealth gateway, bool well, string detail)
    {
        if (Settings.ProbeInterval is null)
        {
            return;
        }

        gateway.Note(well, detail, _time.GetUtcNow());
        if (_toldUp == IsUp || (_toldUp is null && IsUp && !well))
        {
            return;
        }

        _toldUp = IsUp;
        _notify(IsUp ? new TrunkUp(Settings.Name) : new TrunkDown(Settings.Name, $"{gateway.Gateway}: {detail}"));
    }

    /// <summary>The gateway has asked not to be called for a time.</summary>
    public void Suspend(GatewayHealth gateway, TimeSpan wait) => gateway.Suspend(_time.GetUtcNow() + wait);

    /// <summary>Counts a call; false when there are as many as may be.</summary>
    public bool TryTake()
    {
        if (Calls >= Settings.MaxCalls)
        {
            return false;
        }

        Calls++;
        return true;
    }

    public void Release() => Calls--;

    /// <summary>Remembers a call that goes out, so that it is known when it comes back in.</summary>
    public void Remember(string callId) => _callIds.Add(callId);

    public void Forget(string callId) => _callIds.Remove(callId);

    /// <summary>The call went out here.</summary>
    public bool Has(string callId) => _callIds.Contains(callId);
}
