using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Keeps the bindings of phones (RFC 3261 section 10.3). Changes on the loop; may be read from any thread.
/// </summary>
/// <param name="time">For the times of bindings.</param>
/// <param name="timers">The loop's timers.</param>
/// <param name="authenticator">Checks every REGISTER.</param>
/// <param name="longest">The longest binding granted.</param>
/// <param name="changed">Told when an extension gets its first binding (true) or loses its last (false).</param>
/// <param name="store">Keeps the bindings over a restart; none keeps them in memory only.</param>
internal sealed class Registrar(
    TimeProvider time, TimerQueue timers, DigestAuthenticator authenticator, TimeSpan longest, Action<string, bool> changed, IBindingStore? store = null)
{
    private const int ShortestSeconds = 5;
    private const int ContactsPerExtension = 10;

    private readonly ConcurrentDictionary<string, ImmutableArray<Registration>> _bindings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimerHandle> _expiries = [];

    /// <summary>Where phones are registered from.</summary>
    public RegisteredSources Sources { get; } = new(time);

    /// <summary>Extensions that have a binding.</summary>
    public int Count => _bindings.Count;

    /// <summary>An extension that a REGISTER may require: Path (RFC 3327). Option tags have no case.</summary>
    public static bool Supports(string optionTag) => optionTag.Equals("path", StringComparison.OrdinalIgnoreCase);

    /// <summary>The bindings of an extension, newest first.</summary>
    public ImmutableArray<Registration> Find(string extension) => _bindings.GetValueOrDefault(extension, []);

    /// <summary>Takes up what an earlier process kept, as far as it has not expired.</summary>
    /// <param name="transports">What the phones are reached by.</param>
    public void Restore(SipTransports transports)
    {
        var now = time.GetUtcNow();
        foreach (var (extension, kept) in store?.Load() ?? new Dictionary<string, IReadOnlyList<Binding>>(StringComparer.Ordinal))
        {
            var live = ImmutableArray.CreateBuilder<Registration>();
            foreach (var binding in kept.Where(binding => binding.ExpiresAt > now))
            {
                if (SipUri.TryParse(Encoding.UTF8.GetBytes(binding.Contact), out var contact, out _) && transports.Find("UDP", binding.Source.AddressFamily) is { } transport)
                {
                    live.Add(new Registration(contact, new SipFlow(transport, binding.Source), binding.IsDirect, "", 0, binding.RegisteredAt, binding.ExpiresAt)
                    {
                        Q = binding.Q,
                        Path = binding.Path,
                        Instance = binding.Instance,
                        RegId = binding.RegId,
                    });
                }
            }

            Set(extension, live.ToImmutable());
        }
    }

    /// <summary>Drops the bindings that were made over a connection which is gone: there is no other way to their phones (RFC 5626 section 5.3).</summary>
    public void Forget(SipFlow flow)
    {
        foreach (var (extension, bindings) in _bindings)
        {
            if (bindings.Any(binding => binding.Source.Equals(flow)))
            {
                Set(extension, bindings.RemoveAll(binding => binding.Source.Equals(flow)));
            }
        }
    }

    /// <summary>Answers a REGISTER.</summary>
    public SipResponse Handle(ServerTransaction transaction, string toTag)
    {
        var request = transaction.Request;
        SipResponse Refuse(int status, string reason) => SipResponse.For(request, status, reason, toTag);
        if (!request.To.Uri.IsSip)
        {
            return Refuse(416, "Unsupported URI Scheme");
        }

        var extension = request.To.Uri.UserText;
        if (!authenticator.TryAuthenticate(request, extension, toTag, transaction.Record, out var challenge))
        {
            return challenge!;
        }

        if (!TryReadContacts(request, out var contacts, out var removeAll, out var fault) || !TryReadPath(request, out var path, out fault))
        {
            return Refuse(400, $"Bad Request ({fault})");
        }

        var current = Find(extension);
        if (current.Any(binding => binding.CallId == request.CallId && binding.CSeq >= request.CSeq.Number))
        {
            return Refuse(500, "CSeq Out Of Order");
        }

        if (contacts.Exists(contact => contact.Seconds is > 0 and < ShortestSeconds))
        {
            var tooBrief = Refuse(423, "Interval Too Brief");
            tooBrief.Headers.Add(HeaderName.MinExpires, ShortestSeconds.ToString());
            return tooBrief;
        }

        // A phone that comes again from another address replaces its own flow (RFC 5626 section 6); contacts that come together do not replace each other.
        var updated = removeAll ? [] : current.RemoveAll(binding => contacts.Exists(contact => contact.IsSameFlow(binding)));
        foreach (var contact in contacts)
        {
            updated = updated.RemoveAll(binding => binding.Contact.Equals(contact.Uri));
            if (contact.Seconds > 0)
            {
                updated = updated.Insert(0, NewBinding(transaction, contact, path));
            }
        }

        if (updated.Length > ContactsPerExtension)
        {
            return Refuse(403, "Too Many Contacts");
        }

        Set(extension, updated);
        return Accepted(request, toTag, updated);
    }

    private static bool TryReadContacts(SipRequest request, out List<RequestedContact> contacts, out bool removeAll, out string? fault)
    {
        contacts = [];
        removeAll = false;
        if (!TryReadSeconds(request.Headers[HeaderName.Expires], long.MaxValue, out var common))
        {
            fault = "Expires";
            return false;
        }

        if (request.Headers[HeaderName.Contact] == "*")
        {
            // Section 10.3 step 6: the wildcard goes alone and with Expires 0.
            removeAll = request.Headers.All(HeaderName.Contact).Count() == 1 && request.Headers.Has(HeaderName.Expires) && common == 0;
            fault = removeAll ? null : "Contact * wants to be alone, with Expires 0";
            return removeAll;
        }

        if (!request.Headers.TryGetAddresses(HeaderName.Contact, out var addresses, out fault))
        {
            return false;
        }

        foreach (var address in addresses)
        {
            if (!address.Uri.IsSip || !TryReadSeconds(address.Parameters["expires"], common, out var seconds) || !TryReadQ(address.Parameters["q"], out var q))
            {
                fault = "Contact";
                return false;
            }

            int? regId = int.TryParse(address.Parameters["reg-id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
            contacts.Add(new RequestedContact(address.Uri, seconds, q, address.Parameters["+sip.instance"], regId));
        }

        return true;
    }

    // The proxies' values stay as they are: they come back to them as Route (RFC 3327 section 5.3).
    private static bool TryReadPath(SipRequest request, out string? path, out string? fault)
    {
        path = null;
        if (!request.Headers.TryGetAddresses(HeaderName.Path, out var hops, out fault))
        {
            return false;
        }

        if (hops.Count > 0)
        {
            path = string.Join(", ", hops);
        }

        return true;
    }

    // 0 to 1 with at most three decimals (RFC 3261 section 25.1).
    private static bool TryReadQ(string? text, out double q)
    {
        q = 1;
        return text is null || (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out q) && q <= 1);
    }

    // A number beyond 2^32 - 1 counts as that much (section 20.19).
    private static bool TryReadSeconds(string? text, long absent, out long seconds)
    {
        seconds = absent;
        if (text is null)
        {
            return true;
        }

        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        seconds = long.TryParse(text, out var number) ? Math.Min(number, uint.MaxValue) : uint.MaxValue;
        return true;
    }

    private Registration NewBinding(ServerTransaction transaction, RequestedContact contact, string? path)
    {
        var request = transaction.Request;
        var now = time.GetUtcNow();
        var granted = Math.Min(contact.Seconds, (long)longest.TotalSeconds);
        return new(contact.Uri, transaction.Source, ReplyRoute.IsDirect(request, transaction.Source), request.CallId, request.CSeq.Number, now, now.AddSeconds(granted))
        {
            Q = contact.Q,
            Path = path,
            Instance = contact.Instance,
            RegId = contact.RegId,
        };
    }

    private SipResponse Accepted(SipRequest request, string toTag, ImmutableArray<Registration> bindings)
    {
        var now = time.GetUtcNow();
        var response = SipResponse.For(request, 200, "OK", toTag);
        foreach (var binding in bindings)
        {
            var text = new StringBuilder($"<{binding.Contact}>;expires={(long)Math.Ceiling((binding.ExpiresAt - now).TotalSeconds)}");
            text.Append(binding.Q < 1 ? string.Create(CultureInfo.InvariantCulture, $";q={binding.Q:0.###}") : "");
            text.Append(binding.Instance is { } instance ? $";+sip.instance={instance}" : "");
            text.Append(binding.RegId is { } regId ? $";reg-id={regId}" : "");
            response.Headers.Add(HeaderName.Contact, text.ToString());
        }

        response.Headers.CopyFrom(request.Headers, HeaderName.Path);

        response.Headers.Add(HeaderName.Date, now.ToString("R"));
        return response;
    }

    private void Set(string extension, ImmutableArray<Registration> bindings)
    {
        var current = Find(extension);
        var before = current.IsEmpty;
        if (_expiries.Remove(extension, out var expiry))
        {
            timers.Cancel(expiry);
        }

        if (bindings.IsEmpty)
        {
            _bindings.TryRemove(extension, out _);
        }
        else
        {
            _bindings[extension] = bindings;
            var wait = bindings.Min(binding => binding.ExpiresAt) - time.GetUtcNow();
            _expiries[extension] = timers.Start(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, () => Expire(extension));
        }

        Sources.Replace(current, bindings);

        // A connection does not outlive this process, and a phone is called back over its own.
        store?.Save(extension, [.. bindings.Where(binding => !binding.Source.Transport.IsReliable).Select(binding => binding.ToBinding())]);
        if (before != bindings.IsEmpty)
        {
            changed(extension, before);
        }
    }

    private void Expire(string extension)
    {
        var now = time.GetUtcNow();
        Set(extension, Find(extension).RemoveAll(binding => binding.ExpiresAt <= now));
    }

    /// <summary>A contact as a REGISTER asks for it.</summary>
    private sealed record RequestedContact(SipUri Uri, long Seconds, double Q, string? Instance, int? RegId)
    {
        public bool IsSameFlow(Registration binding) => Instance is not null && Instance == binding.Instance && RegId == binding.RegId;
    }
}
