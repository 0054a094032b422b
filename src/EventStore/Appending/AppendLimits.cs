namespace CallCenter.EventStore;

/// <summary>The largest appends that the store takes.</summary>
public static class AppendLimits
{
    /// <summary>JSON bytes of one event: 1 MiB.</summary>
    public const int EventBytes = 1024 * 1024;

    /// <summary>Events of one append, over all its streams.</summary>
    public const int Events = 5_000;

    /// <summary>JSON bytes of one append, over all its events: 64 MiB.</summary>
    public const int AppendBytes = 64 * 1024 * 1024;
}
