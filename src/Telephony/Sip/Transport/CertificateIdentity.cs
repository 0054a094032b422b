using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Which SIP domain a certificate speaks for (RFC 5922 section 7).</summary>
internal static class CertificateIdentity
{
    private const string SubjectAlternativeName = "2.5.29.17";

    // GeneralName's choices (RFC 5280 section 4.2.1.6).
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag AddressName = new(TagClass.ContextSpecific, 7);

    /// <summary>
    /// True when the certificate names the domain: as <c>sip:domain</c> or, where it has no SIP URI, as a DNS name, or, where it has neither, as its common name (section 7.1).
    /// No wildcard matches (section 7.2). An address must stand there as an address.
    /// </summary>
    /// <param name="certificate">The peer's; its chain has been checked.</param>
    /// <param name="peer">The domain, or an address, that we meant to reach.</param>
    public static bool Is(X509Certificate2 certificate, string peer)
    {
        if (certificate.Extensions[SubjectAlternativeName] is not { } extension)
        {
            return IsSame(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), peer);
        }

        List<string> uris = [];
        List<string> names = [];
        List<IPAddress> addresses = [];
        try
        {
            Read(extension.RawData, uris, names, addresses);
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException)
        {
            return false;
        }

        if (IPAddress.TryParse(peer, out var address))
        {
            return addresses.Contains(address);
        }

        return uris.Count > 0 ? uris.Exists(uri => IsSame(uri, peer))
            : names.Count > 0 ? names.Exists(name => IsSame(name, peer))
            : addresses.Count == 0 && IsSame(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), peer);
    }

    private static bool IsSame(string name, string peer) => name.TrimEnd('.').Equals(peer.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static void Read(byte[] extension, List<string> uris, List<string> names, List<IPAddress> addresses)
    {
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag == UriName)
            {
                // A SIP URI with a user part speaks for that user, not for the domain; SIPS would promise more than the rest of the way keeps.
                var text = sequence.ReadCharacterString(UniversalTagNumber.IA5String, UriName);
                if (SipUri.TryParse(Encoding.ASCII.GetBytes(text), out var uri, out _) && uri is { Scheme: "sip", User: null })
                {
                    uris.Add(uri.Host);
                }
            }
            else if (tag == DnsName)
            {
                names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, DnsName));
            }
            else if (tag == AddressName && sequence.ReadOctetString(AddressName) is { Length: 4 or 16 } bytes)
            {
                addresses.Add(new IPAddress(bytes));
            }
            else if (tag != AddressName)
            {
                sequence.ReadEncodedValue();
            }
        }
    }
}
