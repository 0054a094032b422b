namespace CallCenter.Domain.Flows.Parsing;

/// <summary>What the value of a field can be.</summary>
internal enum FieldType
{
    /// <summary>The name of a step, or <c>return</c>.</summary>
    Target,

    /// <summary>A text with variables in it.</summary>
    Text,

    /// <summary>A text that is taken as it stands.</summary>
    Plain,
    Name,
    Variable,
    Language,
    Whole,
    Seconds,
    Decimal,
    Flag,

    /// <summary>A text, one for each language, or a list of such.</summary>
    Prompt,

    /// <summary>As <see cref="Prompt"/>, of names of files.</summary>
    Files,

    /// <summary>A key: 0 to 9, * or #.</summary>
    Key,

    /// <summary>A JSON pointer (RFC 6901).</summary>
    Pointer,
    Method,

    /// <summary>Texts, one after the other.</summary>
    Texts,

    /// <summary>Targets by key.</summary>
    KeyTargets,

    /// <summary>Texts by name.</summary>
    NamedTexts,

    /// <summary>Plain texts by name.</summary>
    NamedPlains,

    /// <summary>Pointers by variable.</summary>
    VariablePointers,

    /// <summary>Texts by variable.</summary>
    VariableTexts,
    Cases,
    Skills,
    Relaxations,
    Http,
    Sql,
    Steps,
}

/// <summary>One field: its name, what it can be, whether it must be there, what it means, and the range of a number.</summary>
internal sealed record FlowField(string Name, FieldType Type, bool Required, string Meaning, decimal Least = 0, decimal Most = 0);

/// <summary>One kind of step.</summary>
internal sealed record FlowKind(string Name, string Meaning, IReadOnlyList<FlowField> Fields);

/// <summary>Which fields there are. The parser reads by this table and the published schema is written from it.</summary>
internal static class FlowGrammar
{
    public static readonly IReadOnlyList<FlowField> Document =
    [
        Must("flow", FieldType.Name, "The flow's name."),
        May("language", FieldType.Language, "The voice that speaks, as espeak-ng names it; en-us unless said."),
        May("start", FieldType.Name, "The first step; the first in the text unless said."),
        May("variables", FieldType.VariableTexts, "Variables with a value from the beginning. What the call brings along goes before."),
        Must("steps", FieldType.Steps, "The steps by name."),
    ];

    public static readonly IReadOnlyList<FlowField> Case =
    [
        May("is", FieldType.Text, "Holds when both are the same text."),
        May("below", FieldType.Decimal, "Holds for a number below this one.", decimal.MinValue, decimal.MaxValue),
        May("from", FieldType.Decimal, "Holds for this number and those above.", decimal.MinValue, decimal.MaxValue),
        Must("next", FieldType.Target, "Where to go on."),
    ];

    public static readonly IReadOnlyList<FlowField> Skill =
    [
        Must("skill", FieldType.Plain, "Its name, as agents have it."), May("level", FieldType.Whole, "Least proficiency; 1 unless said.", 1, 10),
        May("preferred", FieldType.Flag, "Whether who has less is asked too, when nobody else can; who has less is not asked unless said."),
        May("relax", FieldType.Relaxations, "What is enough after some wait, one after the other."),
    ];

    public static readonly IReadOnlyList<FlowField> Relaxation =
    [
        Must("after", FieldType.Whole, "Wait in seconds.", 1, 86_400), Must("level", FieldType.Whole, "Least proficiency from then on; 0 drops the need.", 0, 10),
    ];

    public static readonly IReadOnlyList<FlowField> Http =
    [
        Must("url", FieldType.Text, "Absolute, http or https; variables after the host, each is escaped. With a connection, a path below its address, from its /."),
        May("method", FieldType.Method, "GET unless there is a body, then POST."),
        May("headers", FieldType.NamedPlains, "Header fields."),
        May("body", FieldType.NamedTexts, "Sent as a JSON object of texts."),
        May("connection", FieldType.Name, "Name of a web service in the server's configuration, which has its address and secret header fields."),
        .. Patience,
    ];

    public static readonly IReadOnlyList<FlowField> Sql =
    [
        Must("connection", FieldType.Name, "Name of a connection in the server's configuration."),
        Must("query", FieldType.Plain, "One statement, read-only, with $1, $2, ... for its parameters. The first row is the answer."),
        May("parameters", FieldType.Texts, "Values of $1, $2, ..."),
        .. Patience,
    ];

    /// <summary>What every step may have.</summary>
    public static readonly IReadOnlyList<FlowField> Step = [May("completed", FieldType.Flag, "Whoever has gone through this step has been served by the flow.")];

    public static readonly IReadOnlyList<FlowKind> Kinds =
    [
        new("say", "Speaks a text.", [Must("say", FieldType.Prompt, "What is said."), BargeIn, Next]),
        new("play", "Plays recorded files.", [Must("play", FieldType.Files, "Names of WAV files."), BargeIn, Next]),
        new("menu", "Offers a choice by one key.", [.. Asked, Must("keys", FieldType.KeyTargets, "Where each key leads."), .. Unanswered]),
        new("collect", "Takes several digits.",
        [
            .. Asked, Must("into", FieldType.Variable, "The variable that takes the digits."), .. Digits,
            May("incomplete", FieldType.Target, "Where to go on when the last try had too few digits; as invalid unless said."), .. Unanswered, Next,
        ]),
        new("branch", "Goes on by what a text is.",
        [
            Must("on", FieldType.Text, "What is looked at."), Must("cases", FieldType.Cases, "Conditions; the first that holds counts."),
            Must("otherwise", FieldType.Target, "Where to go on when none holds."),
        ]),
        new("set", "Sets attributes of the call, which are variables too. language changes the voice.", [Must("values", FieldType.VariableTexts, "Values by name."), Next]),
        new("hours", "Goes on by a calendar.",
        [
            Must("calendar", FieldType.Plain, "Its name."), Must("open", FieldType.Target, "Where to go on in opening hours."), Must("closed", FieldType.Target, "Where to go on outside them."),
        ]),
        new("lookup", "Asks another system.",
        [
            .. Request, May("into", FieldType.VariablePointers, "Variables, and where in the answer their values are."),
            May("missing", FieldType.Target, "Where to go on when nothing is known (HTTP 404, no row); as failed unless said."), Failed, Next,
        ]),
        new("verify", "Takes a PIN and has it checked. In the request, {pin} is what was keyed in; it is kept nowhere.",
        [
            .. Asked, .. Digits, .. Request, May("valid", FieldType.Pointer, "Where in the answer it says true; /valid unless said."), .. Unanswered, Failed, Next,
        ]),
        new("queue", "Sends the call to a queue.",
        [
            Must("queue", FieldType.Plain, "Its name."), May("skills", FieldType.Skills, "What whoever takes the call must or should be able to do, beside what the queue asks."),
            May("agent", FieldType.Text, "Extension, name or id of an agent who is waited for first; nobody unless there is such an agent."),
            May("patience", FieldType.Whole, "How long that agent is waited for, in seconds, busy or not; then anybody has the call. 30 unless said.", 1, 3600),
            May("priority", FieldType.Whole, "The call's priority from here on.", 0, 9), May("segment", FieldType.Text, "The caller's segment from here on."), NotTaken,
        ]),
        new("transfer", "Sends the call to a number.", [Must("to", FieldType.Text, "An extension, or a number outside."), Must("failed", FieldType.Target, "Where to go on when nobody answers there, or there is no such number.")]),
        new("voicemail", "Lets the caller leave a message.", [May("mailbox", FieldType.Plain, "A queue's name or an extension; the queue at hand unless said."), NotTaken]),
        new("callback", "Offers to call back.", [May("queue", FieldType.Plain, "Whose place is kept; the queue at hand unless said."), NotTaken]),
        new("survey", "Asks for a score.",
        [
            .. Asked, Must("question", FieldType.Name, "What the score is of."), May("lowest", FieldType.Whole, "1 unless said.", 0, 98), May("highest", FieldType.Whole, "5 unless said.", 1, 99),
            .. Unanswered, Next,
        ]),
        new("flow", "Goes through another flow, then on.", [Must("flow", FieldType.Name, "Its name."), Next]),
        new("hangUp", "Ends the call.", []),
    ];

    private static FlowField Next => Must("next", FieldType.Target, "Where to go on.");

    private static FlowField NotTaken => May("failed", FieldType.Target, "Where to go on should it not be there any more; the call ends unless said.");

    private static FlowField Failed => Must("failed", FieldType.Target, "Where to go on when there is no usable answer.");

    private static FlowField BargeIn => May("bargeIn", FieldType.Flag, "Whether a key interrupts what is heard; it does unless said.");

    private static IEnumerable<FlowField> Asked =>
    [
        May("play", FieldType.Files, "Names of WAV files, before what is said."), May("say", FieldType.Prompt, "What is said."), BargeIn,
        May("timeout", FieldType.Seconds, "From the end of the prompt to the first key, in seconds; 5 unless said.", 0.5m, 60),
        May("tries", FieldType.Whole, "How often it is asked in all; 3 unless said.", 1, 10),
        May("afterSilence", FieldType.Prompt, "Said before asking again when no key came."), May("afterInvalid", FieldType.Prompt, "Said before asking again when the input was wrong."),
    ];

    private static IEnumerable<FlowField> Unanswered =>
    [
        Must("silent", FieldType.Target, "Where to go on when the last try brought no key."), Must("invalid", FieldType.Target, "Where to go on when the last try was wrong."),
    ];

    private static IEnumerable<FlowField> Digits =>
    [
        May("min", FieldType.Whole, "Fewest digits; as max unless said.", 1, 32), Must("max", FieldType.Whole, "With so many digits it is complete.", 1, 32),
        May("end", FieldType.Key, "The key that completes it; # unless said."), May("betweenKeys", FieldType.Seconds, "So long after a key it is taken as it is, in seconds; 3 unless said.", 0.5m, 30),
    ];

    private static IEnumerable<FlowField> Request => [May("http", FieldType.Http, "Asked over HTTP."), May("sql", FieldType.Sql, "Asked of a database.")];

    private static IEnumerable<FlowField> Patience =>
    [
        May("timeout", FieldType.Seconds, "Of each try, in seconds; 5 unless said.", 0.1m, 30), May("retries", FieldType.Whole, "Further tries after one that failed; 1 unless said.", 0, 5),
    ];

    private static FlowField Must(string name, FieldType type, string meaning, decimal least = 0, decimal most = 0) => new(name, type, true, meaning, least, most);

    private static FlowField May(string name, FieldType type, string meaning, decimal least = 0, decimal most = 0) => new(name, type, false, meaning, least, most);
}
