using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Digits in the audio itself.</summary>
public sealed partial class Switch
{
    /// <summary>
    /// Listens for digits in what a leg says from now on; each comes as <see cref="DtmfReceived"/> when its tone has ended. For phones that send no telephone events:
    /// one that sends both would be heard twice.
    /// </summary>
    /// <returns>False when the leg is gone.</returns>
    public bool DetectDtmf(LegId leg) => On(leg, found => found.Media?.DetectDtmf((digit, duration) =>
        On(leg, _ => _host.Notify(new DtmfReceived(leg, digit, duration, DtmfMethod.InBand)))));

    /// <summary>Ends <see cref="DetectDtmf"/>.</summary>
    /// <returns>False when the leg is gone.</returns>
    public bool IgnoreDtmf(LegId leg) => On(leg, static found => found.Media?.IgnoreDtmf());
}
