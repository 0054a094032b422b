namespace CallCenter.Domain;

internal static class Instants
{
    /// <summary>
    /// When an event happens, to the millisecond (KPI.md). A clock that steps back makes it simultaneous with its predecessor, never earlier: no duration is negative.
    /// </summary>
    public static DateTimeOffset NotBefore(this DateTimeOffset at, DateTimeOffset earliest)
    {
        var whole = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return whole < earliest ? earliest : whole;
    }
}
