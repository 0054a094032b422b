using System.Globalization;

namespace CallCenter.EventStore;

/// <summary>What an excerpt proved, by itself.</summary>
/// <param name="Events">That are as they were sealed and signed, up to where it does not hold.</param>
/// <param name="FirstPosition">Of the first event; null when there is none.</param>
/// <param name="IsComplete">Whether no event between the first and the last can be missing: whole seals, one after another.</param>
/// <param name="KeyFingerprint">Of the key that has signed; null when the file names none.</param>
/// <param name="IsKeyGiven">Whether that key came from elsewhere than the file.</param>
/// <param name="BrokenLine">The first line that does not hold, from 1; null when all hold.</param>
/// <param name="BrokenPosition">Of the event in that line; null when it has none.</param>
/// <param name="Reason">Why it does not hold.</param>
public sealed record ExcerptReport(
    long Events, long Seals, long? FirstPosition, long? LastPosition, DateTimeOffset? RecordedFrom, DateTimeOffset? RecordedTo, bool IsComplete, string? KeyFingerprint, bool IsKeyGiven,
    long? BrokenLine, long? BrokenPosition, string? Reason)
{
    /// <summary>Whether every line holds.</summary>
    public bool Holds => BrokenLine is null;

    /// <summary>What was proved, or where it does not hold; several lines.</summary>
    public string Text => Holds ? string.Join('\n', [Verdict, Completeness, Key]) : Verdict;

    private string Verdict => (Holds, Events) switch
    {
        (false, _) => Invariant($"The excerpt DOES NOT HOLD: line {BrokenLine}{(BrokenPosition is { } position ? Invariant($", the event at position {position}") : "")}: {Reason}"),
        (_, 0) => "The excerpt is whole, and has no events.",
        _ => Invariant(
            $"The excerpt holds: {Events:N0} events under {Seals:N0} seals, positions {FirstPosition} to {LastPosition}, recorded {RecordedFrom?.UtcDateTime:o} to {RecordedTo?.UtcDateTime:o}, are as they were sealed and signed."),
    };

    private string Completeness => (IsComplete, Events) switch
    {
        (_, 0) => "That there were none is not proved by it.",
        (true, _) => Invariant($"It is complete: no event between positions {FirstPosition} and {LastPosition} is missing."),
        _ => "It is a selection: that no other event would have matched is not proved by it.",
    };

    private string Key => IsKeyGiven
        ? $"The key is the one that was given: {KeyFingerprint}."
        : $"WARNING: the key is the file's own, {KeyFingerprint}. Whoever made the file may have made the key: compare this SHA-256 with that of the center's verifying-key.pem, or give the key with --key.";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
