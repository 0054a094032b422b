using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The trunks as they are configured now. Belongs to the loop.</summary>
internal sealed class TrunkTable(TimeProvider time, Action<SwitchNotification> notify)
{
    private IReadOnlyList<TrunkLine> _lines = [];

    public IReadOnlyList<TrunkStatus> Status => [.. _lines.Select(line => line.Status)];

    /// <summary>Takes the trunks as they are from now on: those that did not change go on undisturbed, calls of those that did go on by themselves.</summary>
    public void Replace(UserAgent agent, IReadOnlyList<Trunk> trunks)
    {
        var before = _lines;
        _lines = [.. trunks.Select(trunk => before.FirstOrDefault(line => line.Settings.Equals(trunk)) ?? new TrunkLine(agent, trunk, time, notify))];
        foreach (var gone in before.Except(_lines))
        {
            gone.Stop();
        }

        foreach (var added in _lines.Except(before))
        {
            added.Start();
        }
    }

    public TrunkLine? Find(string name) => _lines.FirstOrDefault(line => line.Settings.Name == name);

    /// <summary>The trunk that an address belongs to; the first whose network holds it.</summary>
    public TrunkLine? Find(IPAddress source) => _lines.FirstOrDefault(line => line.Settings.Networks.Any(network => network.Contains(source)));

    /// <summary>A call that we have sent out ourselves.</summary>
    public bool IsOurs(string callId) => _lines.Any(line => line.Has(callId));
}
