using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CallCenter.Api.Mail;

/// <summary>Whether a server is the one that its certificate names.</summary>
/// <param name="authority">PEM file of the certificates that alone are trusted; null for those of the system.</param>
internal sealed class ServerIdentity(string? authority)
{
    private readonly X509Certificate2Collection? _roots = authority is null ? null : Read(authority);

    public bool IsProved(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (_roots is null || certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return errors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }


        using var shown = new X509Certificate2(certificate);
        return chain.Build(shown);
    }

    private static X509Certificate2Collection Read(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots;
    }
}
