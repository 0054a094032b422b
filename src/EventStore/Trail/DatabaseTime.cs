namespace CallCenter.EventStore;

/// <summary>Instants as PostgreSQL sends them: microseconds from 2000-01-01 UTC.</summary>
internal static class DatabaseTime
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The microseconds that were full at <paramref name="instant"/>.</summary>
    public static long Of(DateTimeOffset instant) => (instant.UtcTicks / TimeSpan.TicksPerMicrosecond) - (Epoch.UtcTicks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The instant without what PostgreSQL would not keep of it.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant) => Epoch + TimeSpan.FromMicroseconds(Of(instant));
}
