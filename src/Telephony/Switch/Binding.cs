using System.Net;

namespace CallCenter.Telephony;

/// <summary>One registered contact of an extension.</summary>
/// <param name="Contact">The contact URI as registered.</param>
/// <param name="Source">The address that the REGISTER came from.</param>
/// <param name="IsDirect">No address translation lies between: the contact can be reached as it is.</param>
/// <param name="RegisteredAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it lapses unless refreshed.</param>
public sealed record Binding(string Contact, IPEndPoint Source, bool IsDirect, DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt);

/// <summary>Keeps bindings over a restart, so that phones need not register again before they can be called.</summary>
public interface IBindingStore
{
    /// <summary>The bindings kept, by extension; asked once, at the start. Those that have expired are ignored.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<Binding>> Load();

    /// <summary>An extension's bindings are these now, newest first. Called on the signalling loop: never blocks, never throws.</summary>
    void Save(string extension, IReadOnlyList<Binding> bindings);
}
