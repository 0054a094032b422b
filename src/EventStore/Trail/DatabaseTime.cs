namespace CallCenter.EventStore;

/// <summary>Instants as PostgreSQL sends them: microseconds from 2000-01-01 UTC.</summary>
internal static class DatabaseTime
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The microseconds that were full at <paramref name="instant"/>.</summary>
    public static long Of(DateTimeOffset instant) => (instant.UtcTicks / TimeSpan.TicksPerMicrosecond) - (Epoch.UtcTicks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The instant of so many microseconds; null when it is none of the calendar, as PostgreSQL's infinities are not.</summary>
    public static DateTimeOffset? At(long microseconds) =>
        microseconds >= Of(DateTimeOffset.MinValue) && microseconds <= Of(DateTimeOffset.MaxValue) ? Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : null;

    /// <summary>The instant without what PostgreSQL would not keep of it.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant) => Epoch + TimeSpan.FromMicroseconds(Of(instant));
}
