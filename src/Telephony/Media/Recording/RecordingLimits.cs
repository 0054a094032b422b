namespace CallCenter.Telephony;

/// <summary>When a recording ends by itself; null for a limit that there is not.</summary>
/// <param name="Longest">It ends when it is so long.</param>
/// <param name="Silence">It ends when nobody in it was heard for so long.</param>
public sealed record RecordingLimits(TimeSpan? Longest = null, TimeSpan? Silence = null)
{
    /// <summary>It ends with its legs only.</summary>
    public static RecordingLimits None { get; } = new();
}
