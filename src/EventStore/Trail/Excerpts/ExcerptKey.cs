using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>The public key that an excerpt is verified with.</summary>
internal static class ExcerptKey
{
    /// <summary>SHA-256 over the key's SubjectPublicKeyInfo, in hexadecimal: what <c>openssl pkey -pubin -in verifying-key.pem -outform der | sha256sum</c> prints.</summary>
    public static string Fingerprint(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <exception cref="TrailException">It is no public key of the kind that signs a trail.</exception>
    public static ECDsa Read(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
            return Checked(key);
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException or TrailException)
        {
            key.Dispose();
            throw new TrailException($"the key is none that a trail is signed with: {exception.Message}", exception);
        }
    }

    /// <exception cref="TrailException">It is no such key.</exception>
    public static ECDsa ReadPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return Checked(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or NotSupportedException or TrailException)
        {
            key.Dispose();
            throw new TrailException($"The given key is none that a trail is signed with: {exception.Message}", exception);
        }
    }

    private static ECDsa Checked(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == "1.2.840.10045.3.1.7" ? key : throw new TrailException("it is not on the curve P-256.");
}
