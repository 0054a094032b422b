using System.Diagnostics.Metrics;

namespace CallCenter.Telephony;

/// <summary>The figures as instruments of <c>System.Diagnostics.Metrics</c>, meter <c>CallCenter.Telephony</c>. They are read only while somebody measures.</summary>
internal sealed class TelephonyMeter : IDisposable
{
    private readonly Meter _meter = new("CallCenter.Telephony");
    private readonly Func<TelephonyFigures> _figures;

    public TelephonyMeter(Func<TelephonyFigures> figures)
    {
        _figures = figures;
        Messages("callcenter.sip.requests", "Requests, repetitions included", "method", now => now.Requests);
        Messages("callcenter.sip.responses", "Responses, repetitions included", "code", now => now.Responses);
        _meter.CreateObservableCounter("callcenter.sip.timeouts", () => _figures().Timeouts.Select(timeout => Measured(timeout.Count, "timer", timeout.Timer)), "{transaction}", "Transactions without an answer");
        _meter.CreateObservableCounter(
            "callcenter.sip.repetitions", () => Directions(_figures().RepeatedByPeers, _figures().RepeatedByUs), "{message}", "Messages sent again");
        Count("callcenter.sip.malformed", "Messages that could not be read", now => now.Malformed);
        Count("callcenter.sip.refused", "Requests beyond their source's limits", now => now.Refused);
        Count("callcenter.sip.blocked", "Messages and connections of blocked sources", now => now.Blocked);
        Gauge("callcenter.sip.transactions.server", "Requests of peers", now => now.ServerTransactions);
        Gauge("callcenter.sip.transactions.client", "Requests of ours", now => now.ClientTransactions);
        Gauge("callcenter.sip.dialogs", "Dialogs", now => now.Dialogs);
        Gauge("callcenter.sip.registrations", "Extensions with a phone", now => now.Registrations);
        Gauge("callcenter.sip.sources.blocked", "Addresses that are not listened to", now => now.BlockedSources);
        _meter.CreateObservableGauge("callcenter.sip.connections", () => _figures().Connections.Select(open => Measured(open.Count, "transport", open.Transport)), "{connection}", "Open connections");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measured(long value, string tag, string name) => new(value, new KeyValuePair<string, object?>(tag, name));

    private static Measurement<long>[] Directions(long received, long sent) => [Measured(received, "direction", "in"), Measured(sent, "direction", "out")];

    private void Messages(string name, string description, string tag, Func<TelephonyFigures, IReadOnlyList<TelephonyCount>> counts) => _meter.CreateObservableCounter(
        name,
        () => counts(_figures()).SelectMany(count => (Measurement<long>[])
        [
            new(count.Received, new KeyValuePair<string, object?>(tag, count.Name), new KeyValuePair<string, object?>("direction", "in")),
            new(count.Sent, new KeyValuePair<string, object?>(tag, count.Name), new KeyValuePair<string, object?>("direction", "out")),
        ]),
        "{message}",
        description);

    private void Count(string name, string description, Func<TelephonyFigures, long> value) => _meter.CreateObservableCounter(name, () => value(_figures()), "{message}", description);

    private void Gauge(string name, string description, Func<TelephonyFigures, int> value) => _meter.CreateObservableGauge(name, () => value(_figures()), description: description);
}
