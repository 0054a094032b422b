using System.Globalization;

using NodaTime;
using NodaTime.Text;

namespace CallCenter.Api.Reports;

/// <summary>Instants as people write them: <c>2026-01-31</c> and <c>2026-01-31T08:00</c> by the clocks of the report's zone, <c>2026-01-31T08:00:00Z</c> by none.</summary>
internal static class ReportInstants
{
    private static readonly LocalDateTimePattern[] Clocks = [LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"), LocalDateTimePattern.ExtendedIso];

    /// <exception cref="BadReportException">There is no such zone.</exception>
    public static DateTimeZone Zone(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? throw new BadReportException($"zone: \"{name}\" is not an IANA time zone.");

    /// <param name="parameter">What the instant is called, for errors.</param>
    /// <param name="text">As written.</param>
    /// <param name="zone">By whose clocks a text without offset is read: of an hour that comes twice the first, of one that does not come the next.</param>
    /// <exception cref="BadReportException">It is no instant.</exception>
    public static DateTimeOffset Read(string parameter, string text, DateTimeZone zone) =>
        LocalDatePattern.Iso.Parse(text) is { Success: true } day ? zone.AtStartOfDay(day.Value).ToInstant().ToDateTimeOffset()
        : Clocks.Select(clock => clock.Parse(text)).FirstOrDefault(parsed => parsed.Success) is { } local ? zone.AtLeniently(local.Value).ToInstant().ToDateTimeOffset()
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime()
        : throw new BadReportException($"{parameter}: \"{text}\" is no instant like 2026-01-31, 2026-01-31T08:00 or 2026-01-31T08:00:00Z.");

    /// <summary>The day of an instant by the clocks of the zone, for file names.</summary>
    public static string Day(DateTimeOffset at, DateTimeZone zone) => LocalDatePattern.Iso.Format(Instant.FromDateTimeOffset(at).InZone(zone).Date);

    /// <summary>ISO 8601 by the clocks of the zone, with the offset of that moment; empty for none.</summary>
    public static string? Write(DateTimeOffset? at, DateTimeZone zone) =>
        at is { } instant ? instant.ToOffset(zone.GetUtcOffset(Instant.FromDateTimeOffset(instant)).ToTimeSpan()).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFzzz", CultureInfo.InvariantCulture) : null;
}
