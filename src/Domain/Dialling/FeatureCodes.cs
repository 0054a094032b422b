namespace CallCenter.Domain.Dialling;

/// <summary>What an agent can do by dialling from any phone.</summary>
public enum Feature
{
    Ready, NotReady, CompleteWrapUp, SignIn, SignOut, DoNotDisturb, ExtendWrapUp, SpeedDial,
    Park, RetrieveParked, ForwardAlways, ForwardBusy, ForwardNoAnswer, BusyCallback,
    PickUp, Listen, Whisper, Barge, TakeOver,
    Consult, Conference, Mute, CompleteTransfer,
    CallWaiting, TakeWaiting, Messages,
}

/// <param name="Argument">What was dialled after the code; empty for nothing.</param>
public sealed record FeatureCall(Feature Feature, string Argument);

/// <summary>The codes. They begin with *, which no extension, queue or number outside does.</summary>
public static class FeatureCodes
{
    /// <summary>Code, feature, and what may follow: nothing (0), something (1), or either (2).</summary>
    private static readonly (string Code, Feature Feature, int Argument)[] Table =
    [
        ("*50", Feature.Ready, 0), ("*51", Feature.NotReady, 2), ("*52", Feature.CompleteWrapUp, 0), ("*53", Feature.SignIn, 0), ("*54", Feature.SignOut, 0),
        ("*55", Feature.DoNotDisturb, 0), ("*56", Feature.ExtendWrapUp, 0), ("*57", Feature.SpeedDial, 1),
        ("*58", Feature.CallWaiting, 0), ("*59", Feature.TakeWaiting, 0), ("*97", Feature.Messages, 0),
        ("*70", Feature.Park, 2), ("*71", Feature.RetrieveParked, 1), ("*72", Feature.ForwardAlways, 2), ("*73", Feature.ForwardBusy, 2), ("*74", Feature.ForwardNoAnswer, 2),
        ("*37", Feature.BusyCallback, 1), ("*8", Feature.PickUp, 2),
        ("*33", Feature.Listen, 1), ("*34", Feature.Whisper, 1), ("*35", Feature.Barge, 1), ("*36", Feature.TakeOver, 1),
        ("*75", Feature.Consult, 1), ("*76", Feature.Conference, 2), ("*78", Feature.Mute, 0), ("*79", Feature.CompleteTransfer, 0),
    ];

    /// <summary>Not-ready reasons of *51 and a digit.</summary>
    private static readonly string[] Reasons = ["not-ready", "break", "lunch", "meeting", "training", "back-office", "personal"];

    public static IReadOnlyList<(string Code, Feature Feature)> All { get; } = [.. Table.Select(row => (row.Code, row.Feature))];

    /// <summary>Null for what is no code, or a code with too much or too little after it.</summary>
    public static FeatureCall? TryParse(string dialled)
    {
        foreach (var (code, feature, argument) in Table)
        {
            if (dialled.StartsWith(code, StringComparison.Ordinal))
            {
                var rest = dialled[code.Length..];
                return (argument, rest.Length) is (0, > 0) or (1, 0) || !rest.All(c => char.IsAsciiDigit(c) || c is '+' or '*' or '#') ? null : new FeatureCall(feature, rest);
            }
        }

        return null;
    }

    /// <summary>What a not-ready code's digit stands for: 1 break, 2 lunch, 3 meeting, 4 training, 5 back office, 6 personal; another one stands for itself.</summary>
    public static string ReasonOf(string argument) => argument.Length == 0 ? Reasons[0] : int.TryParse(argument, out var number) && number > 0 && number < Reasons.Length ? Reasons[number] : $"reason-{argument}";
}
