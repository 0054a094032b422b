namespace CallCenter.Domain;

internal static class Instants
{
    /// <summary>A clock that steps back makes an event simultaneous with its predecessor, never earlier: no duration is negative.</summary>
    public static DateTimeOffset NotBefore(this DateTimeOffset at, DateTimeOffset earliest) => at < earliest ? earliest : at;
}
