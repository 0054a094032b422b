namespace CallCenter.Telephony.Media;

/// <summary>How the audio of one leg was, over its whole life.</summary>
/// <param name="Codec">Name in SDP of what was received last, else of what was agreed; null when neither happened.</param>
/// <param name="PacketsSent">RTP packets handed to the network.</param>
/// <param name="PacketsReceived">RTP packets accepted from the remote party.</param>
/// <param name="PacketsLost">Lost on the way to us.</param>
/// <param name="RemotePacketsLost">Lost on the way to the remote party, as its RTCP says; null when it said nothing.</param>
/// <param name="Jitter">Of what we received, at the end (RFC 3550 A.8).</param>
/// <param name="RemoteJitter">Of what the remote party received, as it last said.</param>
/// <param name="RoundTrip">Mean of those measured by RTCP.</param>
/// <param name="Mos">Estimate of what we heard, 1 to 4.5 (ITU-T G.107); null without a packet.</param>
/// <param name="RemoteMos">Estimate of what the remote party heard; null when it sent no report.</param>
/// <param name="Silence">Sum of the pauses of more than a second in which nothing came although the remote party might have sent.</param>
public sealed record MediaQuality(
    string? Codec,
    long PacketsSent,
    long PacketsReceived,
    long PacketsLost,
    long? RemotePacketsLost,
    TimeSpan Jitter,
    TimeSpan? RemoteJitter,
    TimeSpan? RoundTrip,
    double? Mos,
    double? RemoteMos,
    TimeSpan Silence);
