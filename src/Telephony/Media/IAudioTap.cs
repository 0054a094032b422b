using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Listens to what a leg's remote party says, beside the bridge: a recording, a conference, a detector of digits.</summary>
internal interface IAudioTap
{
    /// <summary>Takes one accepted packet. Called on the thread that received it, which serves many legs: never blocks, never allocates, never throws.</summary>
    /// <param name="payload">Valid until this returns.</param>
    /// <param name="header">The packet's header; timestamps of every encoding known here count 8000 a second, G.722's too.</param>
    /// <param name="encoding">What the payload is; not always one that can be decoded here.</param>
    void OnAudio(ReadOnlySpan<byte> payload, in RtpHeader header, AudioEncoding encoding);
}
