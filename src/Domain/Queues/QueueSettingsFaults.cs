using System.Text.RegularExpressions;

namespace CallCenter.Domain.Queues;

/// <summary>What is wrong with a queue's settings, as a sentence that names it.</summary>
internal static partial class QueueSettingsFaults
{
    private const int Day = 86_400;

    /// <summary>The first fault; null when there is none.</summary>
    public static string? Of(Guid queue, QueueSettings s) => s switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => "A queue needs a name.",
        { Number: { } number } when number.Length is 0 or > 32 || !number.All(IsDialable) => $"\"{number}\" is not a number that can be dialled.",
        { RingSeconds: < 1 or > 300 } => $"Ring time is 1 to 300 s, not {s.RingSeconds}.",
        { WrapUpSeconds: < 0 or > 3600 } => $"Wrap-up is 0 to 3600 s, not {s.WrapUpSeconds}.",
        { ShortAbandonSeconds: < 0 or > 300 } => $"The short-abandon threshold is 0 to 300 s, not {s.ShortAbandonSeconds}.",
        _ when !Enum.IsDefined(s.Method) => $"{s.Method} is no distribution method.",
        { Priority: < -100 or > 100 } => $"Priority is -100 to 100 points, not {s.Priority}.",
        { ServiceLevelSeconds: < 1 or > 3600 } => $"The service level is 1 to 3600 s, not {s.ServiceLevelSeconds}.",
        { UrgencySeconds: < 0 or > 3600 } => $"Urgency is 0 to 3600 s, not {s.UrgencySeconds}.",
        { LastAgentPatienceSeconds: < 0 or > 3600 } => $"Patience for the last agent is 0 to 3600 s, not {s.LastAgentPatienceSeconds}.",
        { RonaAfter: < 0 or > 20 } => $"An agent becomes not ready after 1 to 20 missed offers, or never by 0, not after {s.RonaAfter}.",
        { KeepAudioDays: < 0 or > 36_500 } => $"Recordings and messages are kept for 1 to 36500 days, or for ever by 0, not {s.KeepAudioDays}.",
        _ when !Language().IsMatch(s.Language) => $"\"{s.Language}\" is not a language like en or pt-br.",
        { Announcements: { Position: true } or { EstimatedWait: true } } when !QueueSentences.Has(s.Language) =>
            $"Position and estimated wait are said in {string.Join(", ", QueueSentences.Languages)}: for \"{s.Language}\" switch them off.",
        _ when s.Order.Distinct().Count() != s.Order.Count => "An agent is named twice in the order.",
        { CallbackKey: { } key } when !IsKey(key) => $"The key for a callback is one of 0 to 9, * and #, not \"{key}\".",
        { VoicemailKey: { } key } when !IsKey(key) => $"The key for a message is one of 0 to 9, * and #, not \"{key}\".",
        { CallbackKey: { } key, VoicemailKey: { } other } when key == other => $"Key {key} cannot be for a callback and for a message.",
        _ => First(s.SegmentPriorities.Select(Of), [SkillNeedFaults.Of(s.Skills)], s.Tiers.Select((tier, i) => Of(tier, i, s)), s.Overflow.Select((rule, i) => Of(rule, i, queue, s)), [Of(s.Announcements)]),
    };

    private static bool IsKey(string text) => text is [>= '0' and <= '9' or '*' or '#'];

    private static string? Of(KeyValuePair<string, int> segment) => segment switch
    {
        { Key: var name } when string.IsNullOrWhiteSpace(name) => "A segment with a priority needs a name.",
        { Value: < -100 or > 100 } => $"Priority of segment {segment.Key} is -100 to 100 points, not {segment.Value}.",
        _ => null,
    };

    private static string? Of(QueueTier tier, int index, QueueSettings settings) => tier switch
    {
        { Groups: var groups } when groups.Count == 0 || groups.Any(string.IsNullOrWhiteSpace) => $"Tier {index + 1} needs the names of groups.",
        { AfterSeconds: < 0 or > Day } => $"Tier {index + 1} opens after 0 to {Day} s, not {tier.AfterSeconds}.",
        _ when index == 0 && tier.AfterSeconds != 0 => "The first tier is open from the start: after 0 s.",
        _ when index > 0 && tier.AfterSeconds < settings.Tiers[index - 1].AfterSeconds => $"Tier {index + 1} opens before the one in front of it.",
        _ => null,
    };

    private static string? Of(OverflowRule rule, int index, Guid queue, QueueSettings settings) => rule switch
    {
        { Cause: OverflowCause.AfterSeconds or OverflowCause.EstimatedWait, Threshold: < 1 or > Day } => $"Overflow rule {index + 1}: {rule.Cause} is 1 to {Day} s, not {rule.Threshold}.",
        { Cause: OverflowCause.NoAgents, Threshold: < 0 or > Day } => $"Overflow rule {index + 1}: NoAgents holds after 0 to {Day} s, not {rule.Threshold}.",
        { Cause: OverflowCause.QueueLength, Threshold: < 0 or > 100_000 } => $"Overflow rule {index + 1}: QueueLength is 0 to 100000 contacts, not {rule.Threshold}.",
        { Cause: OverflowCause.Closed, Threshold: not 0 } => $"Overflow rule {index + 1}: Closed has no threshold but 0.",
        { Cause: OverflowCause.Closed } when settings.CalendarId is null => $"Overflow rule {index + 1}: a queue without a calendar is never closed.",
        _ when !Enum.IsDefined(rule.Cause) => $"Overflow rule {index + 1}: {rule.Cause} is no cause.",
        { To.Kind: DestinationKind.Queue, To.Target: var target } when (Guid.TryParse(target, out var to) ? to == queue : string.Equals(target, settings.Name, StringComparison.Ordinal)) =>
            $"Overflow rule {index + 1} leads back to the queue itself.",
        { To: { Target: null, Kind: not (DestinationKind.HangUp or DestinationKind.Callback or DestinationKind.Voicemail) } } => $"Overflow rule {index + 1} does not say which {rule.To}.",
        _ => null,
    };

    private static string? Of(QueueAnnouncements a) => a switch
    {
        { FirstAfterSeconds: < 0 or > 3600 } => $"The first announcement comes after 0 to 3600 s, not {a.FirstAfterSeconds}.",
        { EverySeconds: not 0 and (< 5 or > 3600) } => $"Announcements come every 5 to 3600 s, or once by 0, not every {a.EverySeconds} s.",
        _ when a.Texts.FirstOrDefault(text => string.IsNullOrWhiteSpace(text) || text.Length > 300) is { } text => $"An announcement is a text of 1 to 300 characters, not of {text.Trim().Length}.",
        _ => null,
    };

    private static string? First(params IEnumerable<IEnumerable<string?>> faults) => faults.SelectMany(f => f).FirstOrDefault(fault => fault is not null);

    private static bool IsDialable(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_';

    [GeneratedRegex("^[a-z]{2,3}(-[a-z0-9]{1,8})*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Language();
}
