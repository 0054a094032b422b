using System.Globalization;

using NodaTime;
using NodaTime.Extensions;

namespace CallCenter.Import.Csv;

/// <summary>Reads the texts of cells.</summary>
internal static class CsvValues
{
    public const string Outcomes = "handled, abandoned, left-in-ivr, hang-up, unknown";

    public static bool TryOutcome(string text, out CsvOutcome outcome)
    {
        (var known, outcome) = text.ToLowerInvariant() switch
        {
            "handled" => (true, CsvOutcome.Handled),
            "abandoned" => (true, CsvOutcome.Abandoned),
            "left-in-ivr" => (true, CsvOutcome.LeftInIvr),
            "hang-up" => (true, CsvOutcome.HangUp),
            "unknown" => (true, CsvOutcome.Unknown),
            _ => (false, default),
        };
        return known;
    }

    public static bool TryFlag(string text, out bool flag)
    {
        flag = text.ToLowerInvariant() is "true" or "yes" or "1";
        return flag || text.ToLowerInvariant() is "false" or "no" or "0";
    }

    /// <param name="format">iso, unix, unix-ms or a pattern; one that names no offset is of the zone.</param>
    public static bool TryInstant(string text, string format, DateTimeZone zone, out DateTimeOffset at)
    {
        at = default;
        switch (format)
        {
            case "unix" or "unix-ms":
                // DateTimeOffset's range.
                if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > (format == "unix" ? 253_402_300_799m : 253_402_300_799_999m))
                {
                    return false;
                }

                at = DateTimeOffset.UnixEpoch.AddTicks((long)(number * (format == "unix" ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond)));
                return true;
            case "iso" when text.Length > 10 && (text.EndsWith('Z') || text.AsSpan(10).IndexOfAny('+', '-') > 0):
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out at);
            case "iso":
                return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var iso) && TryInZone(iso, zone, out at);
            default:
                return format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal)
                    ? DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out at)
                    : DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && TryInZone(local, zone, out at);
        }
    }

    /// <summary>Negative ones are read too: what they mean is for others to judge.</summary>
    public static bool TryDuration(string text, string unit, out TimeSpan duration)
    {
        duration = default;
        if (unit == "clock")
        {
            return TryClock(text, out duration);
        }

        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || Math.Abs(number) > 1_000_000_000m)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(number * unit switch { "milliseconds" => TimeSpan.TicksPerMillisecond, "minutes" => TimeSpan.TicksPerMinute, _ => TimeSpan.TicksPerSecond }));
        return true;
    }

    private static bool TryClock(string text, out TimeSpan duration)
    {
        duration = default;
        var seconds = 0L;
        var parts = text.Split(':');
        foreach (var part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 1_000_000)
            {
                return false;
            }

            seconds = (seconds * 60) + number;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return parts.Length is 2 or 3;
    }

    private static bool TryInZone(DateTime local, DateTimeZone zone, out DateTimeOffset at)
    {
        at = zone.AtLeniently(local.ToLocalDateTime()).ToDateTimeOffset().ToUniversalTime();
        return true;
    }
}
