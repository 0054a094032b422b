namespace CallCenter.Telephony;

/// <summary>How a trunk does.</summary>
/// <param name="Name">Which.</param>
/// <param name="IsUp">Calls can go out: a gateway is up, or the trunk only calls in.</param>
/// <param name="IsRegistered">At the provider; null for a trunk that does not register.</param>
/// <param name="Calls">Now, in and out.</param>
/// <param name="Gateways">Each gateway of the trunk.</param>
public sealed record TrunkStatus(string Name, bool IsUp, bool? IsRegistered, int Calls, IReadOnlyList<GatewayStatus> Gateways);

/// <summary>How a gateway does.</summary>
/// <param name="Gateway">Which.</param>
/// <param name="IsUp">It answers, as far as is known.</param>
/// <param name="Detail">What was last heard of it: a status, or what failed; null before.</param>
/// <param name="At">When that was.</param>
public sealed record GatewayStatus(Gateway Gateway, bool IsUp, string? Detail, DateTimeOffset? At);
