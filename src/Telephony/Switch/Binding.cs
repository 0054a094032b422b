using System.Net;

namespace CallCenter.Telephony;

/// <summary>One registered contact of an extension.</summary>
/// <param name="Contact">The contact URI as registered.</param>
/// <param name="Source">The address that the REGISTER came from.</param>
/// <param name="IsDirect">No address translation lies between: the contact can be reached as it is.</param>
/// <param name="RegisteredAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it lapses unless refreshed.</param>
public sealed record Binding(string Contact, IPEndPoint Source, bool IsDirect, DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Preference among an extension's contacts, 0 to 1; the highest is called first, equal ones at once (RFC 3261 section 20.10).</summary>
    public double Q { get; init; } = 1;

    /// <summary>The proxies on the way to the phone, as a Route header has them (RFC 3327); null when there are none.</summary>
    public string? Path { get; init; }

    /// <summary>What the phone calls itself over changes of address (<c>+sip.instance</c>, RFC 5626), quotes included; null when it says nothing.</summary>
    public string? Instance { get; init; }

    /// <summary>Which of the phone's flows this is (<c>reg-id</c>, RFC 5626).</summary>
    public int? RegId { get; init; }
}

/// <summary>Keeps bindings over a restart, so that phones need not register again before they can be called.</summary>
public interface IBindingStore
{
    /// <summary>The bindings kept, by extension; asked once, at the start. Those that have expired are ignored.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<Binding>> Load();

    /// <summary>An extension's bindings are these now, newest first. Called on the signalling loop: never blocks, never throws.</summary>
    void Save(string extension, IReadOnlyList<Binding> bindings);
}
