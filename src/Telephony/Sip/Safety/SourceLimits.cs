namespace CallCenter.Telephony.Sip;

/// <summary>What one source may have at a time and ask for in a second.</summary>
/// <param name="Transactions">Requests of it that are remembered at a time.</param>
/// <param name="Calls">Calls of it that live at a time.</param>
/// <param name="InvitesPerSecond">INVITEs outside dialogs, evenly.</param>
/// <param name="InviteBurst">INVITEs outside dialogs, at once.</param>
/// <param name="RegistersPerSecond">REGISTERs, evenly.</param>
/// <param name="RegisterBurst">REGISTERs, at once.</param>
/// <param name="Waiting">Messages of it that wait for the loop.</param>
internal sealed record SourceLimits(int Transactions, int Calls, double InvitesPerSecond, int InviteBurst, double RegistersPerSecond, int RegisterBurst, int Waiting)
{
    /// <summary>Nobody has proved a password there.</summary>
    public static SourceLimits Stranger { get; } = new(100, 0, 10, 30, 10, 50, 200);

    /// <summary>A phone is registered there, or was proved to be there: one phone, or an office of 500 behind one address.</summary>
    public static SourceLimits Phone { get; } = new(2_000, 1_000, 20, 200, 50, 1_000, 2_000);

    /// <summary>A trusted trunk.</summary>
    public static SourceLimits Trunk { get; } = new(100_000, 20_000, 5_000, 10_000, 5_000, 10_000, 20_000);
}
