using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Digits in the audio itself.</summary>
public sealed partial class Switch
{
    /// <summary>Listens for digits in what a leg says from now on; each comes as <see cref="DtmfReceived"/> when its tone has ended.</summary>
    /// <param name="leg">An answered leg. One that has agreed on telephone events sends its digits so, and is not listened to: a phone that sends both would be heard twice.</param>
    /// <param name="always">Listen to it nevertheless: behind a gateway that agrees on events and sends tones.</param>
    /// <returns>False when the leg is gone.</returns>
    public bool DetectDtmf(LegId leg, bool always = false) => On(leg, found =>
    {
        if (found.Media is { } media && (always || !media.TakesEvents))
        {
            media.DetectDtmf((digit, duration) => On(leg, _ => _host.Notify(new DtmfReceived(leg, digit, duration, DtmfMethod.InBand))));
        }
    });

    /// <summary>Ends <see cref="DetectDtmf"/>.</summary>
    /// <returns>False when the leg is gone.</returns>
    public bool IgnoreDtmf(LegId leg) => On(leg, static found => found.Media?.IgnoreDtmf());
}
