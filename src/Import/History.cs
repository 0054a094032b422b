using CallCenter.Domain;

namespace CallCenter.Import;

/// <summary>One stream that another system's records tell of: a call, or an agent's shift.</summary>
/// <param name="Key">What it is known by there: the same key is the same stream for ever.</param>
/// <param name="StreamType">A call's or a shift's.</param>
/// <param name="Tell">Tells it as events, given its id and who takes part.</param>
public sealed record History(string Key, string StreamType, Func<Guid, Cast, IReadOnlyList<DomainEvent>> Tell);

/// <summary>A way in which records are written. One of its kind reads one file, as often as it is asked to.</summary>
public interface IHistoryFormat
{
    /// <summary>Lower-case letters and hyphens or underscores, as the command line has it.</summary>
    string Name { get; }

    /// <summary>What the file tells, calls before the shifts in which they were taken. What is wrong or needs judgement goes to the notes.</summary>
    /// <exception cref="ImportException">The file cannot be read or is of another format.</exception>
    IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, CancellationToken cancellationToken);
}
