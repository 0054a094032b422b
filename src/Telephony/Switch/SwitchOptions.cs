using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What a <see cref="Switch"/> needs to know before it starts. Immutable.</summary>
public sealed record SwitchOptions
{
    /// <summary>The address that SIP and RTP listen on, IPv4 or IPv6; also the one written into Via, Contact and SDP.</summary>
    public required IPAddress Bind { get; init; }

    /// <summary>UDP and TCP port of SIP; 0 takes a free one (<see cref="Switch.SipEndPoint"/> tells which).</summary>
    public int SipPort { get; init; } = 5060;

    /// <summary>UDP ports of RTP and RTCP, two a leg.</summary>
    public PortRange RtpPorts { get; init; } = new(20000, 29999);

    /// <summary>The trunks at the start; <see cref="Switch.SetTrunks"/> changes them later. The first whose network holds an address takes its calls.</summary>
    public IReadOnlyList<Trunk> Trunks { get; init; } = [];

    /// <summary>The digest realm, which the stored hashes of <see cref="SipAccount"/> are made with.</summary>
    public string Realm { get; init; } = "callcenter";

    /// <summary>
    /// The algorithms that challenges offer, in this order, the preferred one first (RFC 8760 section 2.4); what is not named is not taken. Phones that know only MD5 should
    /// pass over the SHA-256 challenge, yet some give up at it (adr/0020): for those, MD5 goes first or alone.
    /// </summary>
    public IReadOnlyList<DigestAlgorithm> DigestAlgorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>Protocol timers; the RFC's values unless a test wants to be faster.</summary>
    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>How long a registration may last, 5 s or more.</summary>
    public TimeSpan LongestRegistration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Keeps bindings over a restart; null keeps them in memory only.</summary>
    public IBindingStore? BindingStore { get; init; }

    /// <summary>An address of the other family that SIP and RTP listen on as well; null for one family only.</summary>
    public IPAddress? BindAlso { get; init; }

    /// <summary>Our certificate for TLS; null for no TLS.</summary>
    public TlsIdentity? Tls { get; init; }

    /// <summary>TCP port of SIP over TLS; 0 takes a free one.</summary>
    public int SipsPort { get; init; } = 5061;

    /// <summary>The codecs of every leg, best first.</summary>
    public CodecPreference Codecs { get; init; } = CodecPreference.Default;

    /// <summary>
    /// Takes SRTP whose key came over UDP or TCP in clear (RFC 4568 section 7.1): whoever sees the signalling can listen then. Without it such an offer is refused (488).
    /// Over TLS and WSS encryption is always offered and taken.
    /// </summary>
    public bool TakesKeysInClear { get; init; }

    /// <summary>A bridged leg from which neither audio nor RTCP comes for this long is ended, more than 0; null never does.</summary>
    public TimeSpan? MediaTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The same for a leg on hold, by either side: many phones send nothing then, not even RTCP.</summary>
    public TimeSpan? HeldMediaTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Every address that is listened on.</summary>
    internal IEnumerable<IPAddress> Addresses => BindAlso is null ? [Bind] : [Bind, BindAlso];

    /// <summary>Keeps the messages of each call that was named by <see cref="Switch.Name"/>; null notes none.</summary>
    public ILadderStore? LadderStore { get; init; }

    internal static void Validate(SwitchOptions options)
    {
        foreach (var address in options.Addresses.Where(address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw new ArgumentException($"Bind {address} is no address that a phone could call back: name one of this machine's", nameof(options));
        }

        if (options.BindAlso?.AddressFamily == options.Bind.AddressFamily)
        {
            throw new ArgumentException($"BindAlso {options.BindAlso} is of the same family as Bind {options.Bind}: name one IPv4 and one IPv6 address", nameof(options));
        }

        if (options.DigestAlgorithms.Count == 0)
        {
            throw new ArgumentException("DigestAlgorithms is empty: no phone could register", nameof(options));
        }

        Trunk.Validate(options.Trunks);
        if (options.MediaTimeout <= TimeSpan.Zero || options.HeldMediaTimeout <= TimeSpan.Zero)
        {
            throw new ArgumentException($"MediaTimeout {options.MediaTimeout} or HeldMediaTimeout {options.HeldMediaTimeout} is not positive", nameof(options));
        }

        if (options.LongestRegistration < TimeSpan.FromSeconds(5))
        {
            throw new ArgumentException($"LongestRegistration {options.LongestRegistration} is below 5 s", nameof(options));
        }
    }
}
