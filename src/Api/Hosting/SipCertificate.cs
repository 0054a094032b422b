using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Telephony.Sip;

namespace CallCenter.Api.Hosting;

/// <summary>The certificate for SIP over TLS: the one that the knobs name, else one that signs itself and is kept in the data folder.</summary>
internal static class SipCertificate
{
    public const string CertificateFile = "sip-certificate.pem";
    public const string KeyFile = "sip-key.pem";

    private static readonly TimeSpan Validity = TimeSpan.FromDays(825);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <exception cref="KnobException">The files that the knobs name hold no certificate and its key.</exception>
    public static async Task<TlsIdentity> LoadAsync(Knobs knobs, TimeProvider time, CancellationToken cancellationToken)
    {
        if (knobs is { TlsCertificate: { } certificate, TlsKey: { } key })
        {
            return Read(certificate, key);
        }

        (certificate, key) = (Path.Combine(knobs.DataFolder, CertificateFile), Path.Combine(knobs.DataFolder, KeyFile));
        if (!IsUsable(certificate, key, time.GetUtcNow()))
        {
            await MakeAsync(knobs, certificate, key, time.GetUtcNow(), cancellationToken);
        }

        return Read(certificate, key);
    }

    private static TlsIdentity Read(string certificate, string key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return new TlsIdentity(X509Certificate2.CreateFromPemFile(certificate, key), [.. chain.Skip(1)]);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new KnobException($"CALLCENTER_TLS_CERTIFICATE and CALLCENTER_TLS_KEY: {certificate} and {key} cannot be used as a certificate and its key: {e.Message}");
        }
    }

    private static bool IsUsable(string certificate, string key, DateTimeOffset now)
    {
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return false;
        }

        using var kept = X509CertificateLoader.LoadCertificateFromFile(certificate);
        return kept.NotAfter.ToUniversalTime() > (now + RenewBefore).UtcDateTime;
    }

    // The old certificate goes first and the new one comes last: cut short at any point, the next start makes both anew.
    private static async Task MakeAsync(Knobs knobs, string certificate, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var host = Dns.GetHostName();
        var request = new CertificateRequest($"CN={host}", pair, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(knobs.Bind);
        if (knobs.BindAlso is { } also)
        {
            names.AddIpAddress(also);
        }

        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(now.AddDays(-1), now + Validity);
        File.Delete(certificate);
        await Secrets.WriteFileAsync(key, pair.ExportPkcs8PrivateKeyPem(), cancellationToken);
        await Secrets.WriteFileAsync(certificate, made.ExportCertificatePem(), cancellationToken);
    }
}
