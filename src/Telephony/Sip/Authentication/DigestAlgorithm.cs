namespace CallCenter.Telephony.Sip;

/// <summary>Hash of a digest challenge (RFC 7616, RFC 8760).</summary>
public enum DigestAlgorithm
{
    /// <summary>MD5: what every phone knows.</summary>
    Md5,

    /// <summary>SHA-256.</summary>
    Sha256,
}
