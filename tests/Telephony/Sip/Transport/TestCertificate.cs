using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>Certificates that sign themselves.</summary>
internal static class TestCertificate
{
    /// <param name="commonName">Of the subject.</param>
    /// <param name="names">Alternative names: DNS names, addresses, and URIs with their scheme.</param>
    public static X509Certificate2 Of(string commonName, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                {
                    alternatives.AddIpAddress(address);
                }
                else if (name.Contains(':', StringComparison.Ordinal))
                {
                    alternatives.AddUri(new Uri(name));
                }
                else
                {
                    alternatives.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
