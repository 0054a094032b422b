using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CallCenter.Telephony.Sip;

/// <summary>Who we are over TLS, and whom we believe (RFC 3261 section 26.3, RFC 5922).</summary>
public sealed class TlsIdentity
{
    private readonly SslStreamCertificateContext _certificate;
    private readonly X509Certificate2Collection? _roots;

    /// <param name="certificate">Ours, with its private key.</param>
    /// <param name="intermediates">Further certificates of its chain, sent along.</param>
    /// <param name="roots">Whose signatures we believe when we connect; null for the system's.</param>
    public TlsIdentity(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null, X509Certificate2Collection? roots = null)
    {
        // Offline: the start must not wait for somebody's server to tell of revocations.
        _certificate = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        _roots = roots;
    }

    internal SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = _certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = false,
    };

    /// <param name="peer">The domain, or the address, that the peer must prove to be.</param>
    internal SslClientAuthenticationOptions ForClient(string peer) => new()
    {
        TargetHost = peer,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) =>

            // The name is ours to judge: SIP has rules of its own.
            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && certificate is X509Certificate2 known && CertificateIdentity.Is(known, peer),
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (_roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_roots);
        }

        return policy;
    }
}
