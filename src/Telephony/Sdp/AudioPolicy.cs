namespace CallCenter.Telephony.Sdp;

/// <summary>What a leg may agree to.</summary>
internal sealed record AudioPolicy(CodecPreference Codecs, MediaEncryption Encryption)
{
    public static AudioPolicy Default { get; } = new(CodecPreference.Default, MediaEncryption.Refused);
}

/// <summary>Whether audio may be or must be SRTP. Its key stands in the SDP (RFC 4568), so signalling has to be secret too.</summary>
internal enum MediaEncryption
{
    /// <summary>Never: who reads the signalling reads the key.</summary>
    Refused,

    /// <summary>When the remote party offers it.</summary>
    Accepted,

    /// <summary>Asked for in our offers too.</summary>
    Offered,
}
