namespace CallCenter.EventStore;

/// <summary>What a writer believes of a stream: its version <em>before</em> the append. The default value is <see cref="NoStream"/>, the strictest.</summary>
public readonly record struct ExpectedVersion
{
    private const long AnyValue = -1;
    private const long StreamExistsValue = -2;

    private ExpectedVersion(long value) => Value = value;

    /// <summary>No belief: the events are appended at the end, whatever is there.</summary>
    public static ExpectedVersion Any { get; } = new(AnyValue);

    /// <summary>The stream does not exist yet.</summary>
    public static ExpectedVersion NoStream { get; }

    /// <summary>The stream has at least one event.</summary>
    public static ExpectedVersion StreamExists { get; } = new(StreamExistsValue);

    /// <summary>The number that the append function understands: a version from 0 up, or one of two negative marks.</summary>
    internal long Value { get; }

    /// <summary>The stream's last version is exactly <paramref name="version"/>; 0 is the same as <see cref="NoStream"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is negative.</exception>
    public static ExpectedVersion Exact(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return new ExpectedVersion(version);
    }

    /// <summary>Whether it names a version.</summary>
    public bool IsExact => Value >= 0;

    /// <summary>The version after so many events on top of this one; no more is known of what is not exact.</summary>
    public ExpectedVersion After(int events) => IsExact ? new ExpectedVersion(Value + events) : this;

    /// <inheritdoc/>
    public override string ToString() => Value switch
    {
        AnyValue => "any",
        StreamExistsValue => "an existing stream",
        0 => "no stream",
        _ => $"version {Value}",
    };
}
