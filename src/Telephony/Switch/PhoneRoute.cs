using System.Collections.Immutable;
using System.Net.Sockets;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// To the phones of an extension: all with the highest q at once, then those with the next lower one, when all before have refused or have rung for their share of the time
/// (RFC 3261 section 16.6).
/// </summary>
internal sealed class PhoneRoute(UserAgent agent, ImmutableArray<Registration> registrations, OriginateOptions options) : ICallRoute
{
    private readonly Queue<IGrouping<double, Registration>> _later = new(registrations.GroupBy(registration => registration.Q).OrderByDescending(group => group.Key));
    private TimeSpan? _share;

    public string? Closed => registrations.IsEmpty ? "no phone is registered" : null;

    public AddressFamily Family => registrations[0].Flow.Remote.AddressFamily;

    public CodecPreference? Codecs => null;

    public bool IsSecure => registrations.All(phone => phone.Flow.Transport.IsSecure);

    public TimeSpan? Patience => _later.Count == 0 ? null : _share ??= options.RingTimeout / (_later.Count + 1);

    public bool IsContentWithProgress => false;

    public IReadOnlyList<CallAttempt> Next(string offer) => _later.TryDequeue(out var phones) ? [.. phones.Select(phone => AttemptAt(phone, offer))] : [];

    public CallAttempt? Retry(SipRequest invite, SipResponse refusal) => null;

    // A 6xx speaks for all phones (section 21.6).
    public bool GoesOnAfter(SipResponse? refusal) => refusal is null or { StatusCode: < 600 };

    public void End()
    {
        // Phones keep no count of their calls.
    }

    private CallAttempt AttemptAt(Registration phone, string offer)
    {
        var flow = phone.Flow;
        var host = SipUri.HostOf(flow.Transport.LocalEndPoint.Address);
        var from = new NameAddr(options.FromDisplayName, SipUri.Of(options.FromUser.Length == 0 ? "anonymous" : options.FromUser, host), SipParameters.Empty);
        var invite = agent.Messages.NewInvite(phone.Contact, flow, from, Guid.NewGuid().ToString("N"), offer, options.ExtraHeaders);
        if (phone.Path is { } path)
        {
            invite.Headers.Add(HeaderName.Route, path);
        }

        return new CallAttempt(invite, flow, !phone.IsDirect);
    }
}
