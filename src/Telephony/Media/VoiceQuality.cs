namespace CallCenter.Telephony.Media;

/// <summary>Estimates what a listener would say of a line, by the E-model of ITU-T G.107 with all that we cannot measure at its default.</summary>
/// <remarks>
/// R = 93.2 - Id - Ie,eff. Id is the approximation of the delay curve by Cole and Rosenbluth (2001); Ie,eff is G.107 equation 7-29 for losses that fall at random.
/// Ie and Bpl of the codecs are those of G.113 appendix I (with packet loss concealment for G.711). G.722 and Opus have no place on this narrow-band scale, where they can
/// lose nothing against G.711: they count as it does, Opus with a robustness near that of G.729. The figures compare lines with each other; they are no measurement of speech.
/// </remarks>
internal static class VoiceQuality
{
    private const double DefaultRating = 93.2;

    /// <summary>The audio of a packet, which has to be complete before it is sent.</summary>
    private static readonly TimeSpan Packetisation = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LeastJitterBuffer = TimeSpan.FromMilliseconds(40);

    /// <summary>Mean opinion score, 1 to 4.5.</summary>
    /// <param name="codec">Name in SDP.</param>
    /// <param name="lossRatio">Part of the packets that did not arrive, 0 to 1.</param>
    /// <param name="jitter">Decides how long a jitter buffer has to hold packets back.</param>
    /// <param name="roundTrip">Null counts as none.</param>
    public static double Mos(string? codec, double lossRatio, TimeSpan jitter, TimeSpan? roundTrip)
    {
        var buffer = 2 * jitter > LeastJitterBuffer ? 2 * jitter : LeastJitterBuffer;
        var delay = (((roundTrip ?? TimeSpan.Zero) / 2) + buffer + Packetisation).TotalMilliseconds;
        var delayImpairment = (0.024 * delay) + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);

        var (equipment, robustness) = ImpairmentOf(codec);
        var loss = 100 * Math.Clamp(lossRatio, 0, 1);
        var equipmentImpairment = equipment + ((95 - equipment) * loss / (loss + robustness));
        return MosOf(DefaultRating - delayImpairment - equipmentImpairment);
    }

    /// <summary>G.107 annex B.</summary>
    private static double MosOf(double rating) => rating switch
    {
        <= 0 => 1,
        >= 100 => 4.5,
        _ => Math.Max(1, 1 + (0.035 * rating) + (rating * (rating - 60) * (100 - rating) * 7e-6)),
    };

    /// <summary>Ie and Bpl.</summary>
    private static (double Equipment, double Robustness) ImpairmentOf(string? codec) => codec?.ToUpperInvariant() switch
    {
        "G729" => (11, 19.0),
        "G723" => (15, 16.1),
        "GSM" => (20, 10.0),
        "ILBC" => (11, 32.0),
        "OPUS" => (0, 20.0),
        _ => (0, 25.1),
    };
}
