using System.Globalization;

using NodaTime;

namespace CallCenter.Import.AnonymousBank;

/// <summary>
/// One row of the bank's file, read by its rule: durations come from the *_time columns (a negative one counts 0), starts from vru_entry;
/// where a clock column disagrees the duration wins. What had to be judged is said to <c>judge</c>.
/// </summary>
internal sealed record BankRow(
    string Line, string? CustomerNumber, int? Priority, string? Type, DateTimeOffset Entry,
    int IvrSeconds, bool Queued, int QueueSeconds, string Outcome, int ServiceSeconds, string? Server)
{
    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Jerusalem"];

    /// <summary>Null when the row does not say when the call came: it has no place in time.</summary>
    public static BankRow? Read(string[] fields, Action<string, string> judge, Action<string, string, string> refuse)
    {
        if (fields.Length != 17)
        {
            judge("fields missing", $"{fields.Length} of 17 fields: taken as far as they go");
        }

        if (!TryDate(Field(5), out var date))
        {
            refuse("date", Field(5), "no date like 1999-08-01; the call has no place in time");
            return null;
        }

        if (!TryClock(Field(6), out var entry))
        {
            refuse("vru_entry", Field(6), "no time of day like 9:05:00; the call has no place in time");
            return null;
        }

        var (ivr, queue, service) = (Duration(8, "vru_time"), Duration(11, "q_time"), Duration(15, "ser_time"));
        var queueStart = Clock(9, "q_start");
        var queued = queueStart is not (null or 0);
        Compare("vru", entry, Clock(7, "vru_exit"), ivr);
        Compare("q", queued ? queueStart : null, Clock(10, "q_exit"), queue);
        var (serviceStart, serviceExit) = (Clock(13, "ser_start"), Clock(14, "ser_exit"));
        var served = serviceStart is not (null or 0);
        Compare("ser", served ? serviceStart : null, serviceExit, service);

        var (outcome, server) = (Field(12), Field(16) is "" or "NO_SERVER" ? null : Field(16));
        switch (outcome)
        {
            case "AGENT":
                JudgeIf(!served, "answered without service times", "an answered call whose service clocks are empty: ser_time is taken");
                JudgeIf(server is null, "answered by nobody named", "an answered call without a server: imported with no agent");
                break;
            case "HANG" or "PHANTOM":
                JudgeIf(served || server is not null, "not answered, yet with service", $"{outcome} with a server or service times: the outcome is taken");
                break;
            default:
                judge("unknown outcome", $"outcome \"{outcome}\" is none of AGENT, HANG, PHANTOM: the call's end counts as unknown");
                break;
        }

        var priority = Number(3, "priority");
        JudgeIf(priority is not (null or >= 0 and <= 2), "unknown priority", $"priority {priority} is none of 0, 1, 2: taken as regular");
        return new BankRow(
            Field(0), Field(2) is "" or "0" ? null : Field(2), priority, Field(4) is "" ? null : Field(4),
            Zone.AtLeniently(date.AtMidnight().PlusSeconds(entry)).ToDateTimeOffset().ToUniversalTime(),
            ivr, queued, queue, outcome, service, server);

        string Field(int i) => i < fields.Length ? fields[i].Trim() : "";

        void JudgeIf(bool condition, string reason, string detail)
        {
            if (condition)
            {
                judge(reason, detail);
            }
        }

        int? Number(int i, string column)
        {
            if (int.TryParse(Field(i), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            judge("not a number", $"{column} \"{Field(i)}\" is not a number: taken as 0");
            return null;
        }

        int Duration(int i, string column)
        {
            var seconds = Number(i, column) ?? 0;
            JudgeIf(seconds < 0, $"negative {column}", $"{column} {seconds} counts 0");
            return Math.Max(0, seconds);
        }

        int? Clock(int i, string column)
        {
            if (TryClock(Field(i), out var seconds))
            {
                return seconds;
            }

            judge("not a time of day", $"{column} \"{Field(i)}\" is not a time of day");
            return null;
        }

        // A clock that passes midnight goes on from 0:00:00.
        void Compare(string part, int? start, int? exit, int seconds)
        {
            if (start is { } s && exit is { } e && (((e - s) % 86_400) + 86_400) % 86_400 != seconds)
            {
                judge($"{part} clocks disagree with {part}_time", $"{part} clocks are {e - s} s apart, {part}_time says {seconds} s: {part}_time is taken");
            }
        }
    }

    private static bool TryDate(string text, out LocalDate date)
    {
        var parsed = NodaTime.Text.LocalDatePattern.Iso.Parse(text);
        date = parsed.Success ? parsed.Value : default;
        return parsed.Success;
    }

    private static bool TryClock(string text, out int seconds)
    {
        seconds = 0;
        var parts = text.Split(':');
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, null, out var h) || !int.TryParse(parts[1], NumberStyles.None, null, out var m)
            || !int.TryParse(parts[2], NumberStyles.None, null, out var s) || h > 24 || m > 59 || s > 59)
        {
            return false;
        }

        seconds = (h * 3600) + (m * 60) + s;
        return true;
    }
}
