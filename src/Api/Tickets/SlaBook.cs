using CallCenter.Domain;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

namespace CallCenter.Api.Tickets;

/// <summary>The promises made of tickets, with the calendars by which they are measured, read from their streams at every use.</summary>
internal sealed class SlaBook(PostgresEventStore store)
{
    private static readonly Aggregate<SlaPolicy> Policies = new(SlaPolicy.StreamType, SlaPolicy.Initial, (policy, e) => SlaPolicy.Evolve(policy, (SlaEvent)e));

    public async Task<SlaSettings> SettingsAsync(CancellationToken ct) => (await store.AggregateStreamAsync(Policies, SlaPolicy.Id, ct: ct)).State.Settings;

    /// <summary>What a ticket is measured by.</summary>
    /// <param name="clockCalendar">The calendar by which its clock runs now, which may be another than the policy's.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<SlaTerms> TermsAsync(Guid? clockCalendar, CancellationToken ct)
    {
        var settings = await SettingsAsync(ct);
        var calendars = new Dictionary<Guid, BusinessCalendar>();
        foreach (var id in new[] { settings.CalendarId, clockCalendar }.OfType<Guid>().Distinct())
        {
            if ((await store.FetchStreamAsync(id, ct: ct)).Select(stored => stored.Data).OfType<CalendarConfigured>().Select(e => (e.OccurredAt, e.Settings)).ToList() is { Count: > 0 } versions)
            {
                calendars.Add(id, new BusinessCalendar(versions));
            }
        }

        return new SlaTerms(settings, calendars);
    }

    /// <summary>Promises this from now on; tickets that are open follow.</summary>
    /// <returns>Position of the event, 0 for none; or why not: <c>SLA_SETTINGS</c>, <c>CALENDAR_NOT_FOUND</c>.</returns>
    public async Task<(long Position, Refusal? Refusal)> ConfigureAsync(SlaSettings settings, DateTimeOffset at, string by, CancellationToken ct)
    {
        if (settings.CalendarId is { } calendar && (await store.FetchStreamAsync(calendar, version: 1, ct: ct)) is not [{ Data: CalendarConfigured }])
        {
            return (0, new Refusal("CALENDAR_NOT_FOUND", $"There is no calendar {calendar}."));
        }

        Refusal? refusal = null;
        var result = await new CommandHandler(store).HandleAsync(Policies, SlaPolicy.Id, policy =>
        {
            var decision = SlaPolicy.Decide(new ConfigureSla(settings, at), policy);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, by), ct: ct);
        return (result.LastPosition, refusal);
    }
}
