namespace CallCenter.Import.Csv;

/// <summary>What the value of a field of a call is.</summary>
internal enum CsvType { Text, Instant, Duration, Outcome, Flag }

/// <summary>How a row says that its call ended.</summary>
internal enum CsvOutcome { Handled, Abandoned, HangUp, LeftInIvr, Unknown }

/// <summary>One field of a call that a mapping can fill.</summary>
internal sealed record CsvField(string Name, CsvType Type, string Meaning, bool Required = false);

/// <summary>Which fields there are, and what can be said of each and of the file. The parser reads by these tables and the published schema is written from them.</summary>
internal static class CsvGrammar
{
    public static readonly IReadOnlyList<(string Name, string Meaning)> Document =
    [
        ("mapping", "The mapping's name, which belongs to the ids of its calls: letters, digits, hyphens and underscores."),
        ("encoding", "utf-8 unless said, for instance windows-1252 or iso-8859-15. A byte order mark goes before."),
        ("separator", "One character between fields; a comma unless said."),
        ("quote", "One character around fields that hold a separator; a double quote unless said."),
        ("header", "Whether the first line names the columns; it does unless said. Without, columns are numbers from 1."),
        ("timeZone", "IANA zone of instants that name none; UTC unless said."),
        ("empty", "Texts that stand for nothing, beside the empty one, for instance a time of 0:00:00."),
        ("fields", "What of a call comes from where."),
    ];

    public static readonly IReadOnlyList<(string Name, string Meaning)> Source =
    [
        ("column", "The column, or several, whose texts are put together with a space between; nothing, when one is empty."),
        ("constant", "The same for every row, instead of a column."),
        ("format", "Of an instant: iso (the one unless said), unix, unix-ms, or a pattern such as dd.MM.yyyy HH:mm:ss."),
        ("unit", "Of a duration: seconds (the one unless said), milliseconds, minutes, or clock (h:mm:ss or mm:ss)."),
        ("values", "What texts mean; \"*\" is any other. An outcome, and yes or no, must be among them where the file has words of its own."),
    ];

    public static readonly IReadOnlyList<string> Units = ["seconds", "milliseconds", "minutes", "clock"];

    public static readonly IReadOnlyList<CsvField> Fields =
    [
        new("callId", CsvType.Text, "What the call is known by there. Without, the row's text is."),
        new("from", CsvType.Text, "The caller's number."),
        new("to", CsvType.Text, "The dialled number."),
        new("customer", CsvType.Text, "The customer's number in the company's books."),
        new("queue", CsvType.Text, "The queue's name; a call without one was in none."),
        new("agent", CsvType.Text, "Name of the agent who answered."),
        new("topic", CsvType.Text, "What the call was about."),
        new("segment", CsvType.Text, "The customer's segment."),
        new("received", CsvType.Instant, "When the call came in.", Required: true),
        new("queued", CsvType.Instant, "When it entered the queue; a call for which this is mapped and empty entered none, unless it was answered."),
        new("answered", CsvType.Instant, "When an agent answered."),
        new("ended", CsvType.Instant, "When it ended."),
        new("ivr", CsvType.Duration, "How long it was with the machine before the queue; goes before queued."),
        new("wait", CsvType.Duration, "How long it waited in the queue; goes before answered."),
        new("talk", CsvType.Duration, "How long agent and caller talked, without hold; goes before ended."),
        new("hold", CsvType.Duration, "How long the caller was on hold in all; when is not asked."),
        new("wrapUp", CsvType.Duration, "How long the agent wrapped up."),
        new("outcome", CsvType.Outcome, "handled, abandoned (in the queue), left-in-ivr, hang-up (abandoned if it was in a queue, else left in the machine) or unknown. Without, handled if it was answered, else hang-up."),
        new("disposition", CsvType.Text, "What the agent noted as the result."),
        new("resolved", CsvType.Flag, "yes or no: whether the matter was settled."),
    ];
}
