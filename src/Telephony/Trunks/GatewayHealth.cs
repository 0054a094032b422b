namespace CallCenter.Telephony;

/// <summary>
/// Whether a gateway is up, from what OPTIONS and INVITEs meet there. It takes two results in a row against what is held true to change it, so a single lost packet changes nothing.
/// Belongs to the loop.
/// </summary>
internal sealed class GatewayHealth(Gateway gateway)
{
    private const int ToChange = 2;

    private int _against;
    private DateTimeOffset _suspendedUntil = DateTimeOffset.MinValue;

    public Gateway Gateway { get; } = gateway;

    public bool IsUp { get; private set; } = true;

    /// <summary>What was last heard of it.</summary>
    public string? Detail { get; private set; }

    public DateTimeOffset? At { get; private set; }

    public GatewayStatus Status => new(Gateway, IsUp, Detail, At);

    /// <summary>It may be called now.</summary>
    public bool IsUsable(DateTimeOffset now) => IsUp && now >= _suspendedUntil;

    /// <summary>It asked for a rest (RFC 3261 section 20.33); others are tried meanwhile.</summary>
    public void Suspend(DateTimeOffset until) => _suspendedUntil = until;

    /// <summary>Takes note of a result; true when the gateway has gone up or down by it.</summary>
    /// <param name="well">Any response but 408 and 503.</param>
    /// <param name="detail">The status, or what failed.</param>
    /// <param name="now">When.</param>
    public bool Note(bool well, string detail, DateTimeOffset now)
    {
        (Detail, At) = (detail, now);
        if (well == IsUp)
        {
            _against = 0;
            return false;
        }

        if (++_against < ToChange)
        {
            return false;
        }

        (_against, IsUp) = (0, well);
        return true;
    }
}
