namespace CallCenter.Telephony;

/// <summary>Verbs before the answer and within the call.</summary>
public sealed partial class Switch
{
    /// <summary>
    /// Lets the caller of a leg that is not answered yet hear what is played to it or bridged with it (183 with SDP; RFC 3262 where the caller takes that). Without effect on what the caller
    /// hears when its INVITE made no offer.
    /// </summary>
    public bool Progress(LegId leg) => On(leg, static found => (found as IncomingLeg)?.Progress());

    /// <summary>Holds the other side of an answered leg: it is to send us nothing until <see cref="Unhold"/> (RFC 3264 section 8.4). What we play to it, it goes on hearing.</summary>
    public bool Hold(LegId leg) => On(leg, static found => found.Hold(on: true));

    /// <summary>Takes the other side back from <see cref="Hold"/>.</summary>
    public bool Unhold(LegId leg) => On(leg, static found => found.Hold(on: false));
}
