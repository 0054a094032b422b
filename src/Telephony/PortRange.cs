namespace CallCenter.Telephony;

/// <summary>An inclusive range of UDP ports.</summary>
/// <param name="First">Lowest port, 1 to 65535.</param>
/// <param name="Last">Highest port, not below <paramref name="First"/>.</param>
public readonly record struct PortRange(int First, int Last);
