using System.Globalization;

using NodaTime;
using NodaTime.Text;

namespace CallCenter.Import.QueueLog;

/// <summary>One line of a queue_log: <c>time|call|queue|agent|event|data...</c> (docs.asterisk.org, Operation, Logging, Queue Logs).</summary>
/// <param name="CallId">Unique id of the caller's channel; NONE, REALTIME or MANAGER in lines that are about no call.</param>
/// <param name="Agent">Name or channel of the queue's member; NONE in lines that are about none.</param>
/// <param name="Data">What the event says more; how many there are differs by Asterisk's version.</param>
internal sealed record QueueLogLine(int Number, DateTimeOffset At, string CallId, string Queue, string Agent, string Event, IReadOnlyList<string> Data)
{
    public const string None = "NONE";

    private static readonly LocalDateTimePattern[] LocalTimes =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss;FFFFFFFFF"), LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm:ss;FFFFFFFFF"),
    ];

    private static readonly OffsetDateTimePattern[] OffsetTimes =
    [
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss;FFFFFFFFFo<G>"), OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm:ss;FFFFFFFFFo<G>"),
    ];

    /// <summary>Null when the line is wrong, which the notes then say.</summary>
    /// <param name="zone">Of times that name none; null when nobody said.</param>
    public static QueueLogLine? Read(int number, string text, DateTimeZone? zone, ImportNotes notes)
    {
        var fields = text.Split('|');
        if (fields.Length < 5)
        {
            notes.Refuse(number, "line", text, "a line has at least time, call, queue, agent and event, parted by |");
            return null;
        }

        return ReadTime(number, fields[0].Trim(), zone, notes) is not { } at ? null
            : new QueueLogLine(number, at, fields[1], string.Intern(fields[2]), string.Intern(fields[3]), string.Intern(fields[4].Trim()), fields.Length == 5 ? [] : fields[5..]);
    }

    /// <summary>A parameter; empty when the line has not so many.</summary>
    public string Text(int place) => place >= 0 && place < Data.Count ? Data[place].Trim() : "";

    /// <summary>A parameter that is a length of time; null when the line does not have it.</summary>
    public TimeSpan? Length(int place, bool milliseconds = false) => Text(place) is { Length: > 0 } text && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var length)
        ? milliseconds ? TimeSpan.FromMilliseconds(length) : TimeSpan.FromSeconds(length)
        : null;

    /// <summary>Whether each of these parameters is a length of time or is not there.</summary>
    public bool HasLengths(ImportNotes notes, params IReadOnlyList<(int Place, string Name)> lengths)
    {
        foreach (var (place, name) in lengths.Where(length => Text(length.Place).Length > 0 && Length(length.Place) is null))
        {
            notes.Refuse(Number, $"{name} of {Event}", Text(place), "no length of time from 0 up");
            return false;
        }

        return true;
    }

    private static DateTimeOffset? ReadTime(int number, string text, DateTimeZone? zone, ImportNotes notes)
    {
        // Past 9999 a time is none; the longest is far above any log's.
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var epoch) && epoch < 100_000_000_000m)
        {
            return DateTimeOffset.UnixEpoch.AddTicks((long)(epoch * TimeSpan.TicksPerSecond));
        }

        if (OffsetTimes.Select(pattern => pattern.Parse(text)).FirstOrDefault(result => result.Success) is { } withOffset)
        {
            return withOffset.Value.ToDateTimeOffset().ToUniversalTime();
        }

        if (LocalTimes.Select(pattern => pattern.Parse(text)).FirstOrDefault(result => result.Success) is not { } local)
        {
            notes.Refuse(number, "time", text, "neither seconds since 1970 nor a time like 2026-01-31 09:05:00.5");
            return null;
        }

        if (zone is null)
        {
            notes.Refuse(number, "time", text, "says no time zone; --time-zone must say which is meant");
            return null;
        }

        return zone.AtLeniently(local.Value).ToDateTimeOffset().ToUniversalTime();
    }
}
