using System.Globalization;

namespace CallCenter.Telephony.Sip;

/// <summary>Session timer of one call (RFC 4028): one side refreshes at half the interval; a session that nobody refreshes is ended a little before it expires. Belongs to the loop.</summary>
/// <param name="queue">The loop's timers.</param>
/// <param name="timers">The interval that we ask for and the shortest one that we take.</param>
/// <param name="refresh">Called when it is on us to refresh.</param>
/// <param name="expire">Called when the session was not refreshed in time.</param>
internal sealed class SessionTimer(TimerQueue queue, SipTimers timers, Action refresh, Action expire)
{
    private TimerHandle? _refresh;
    private TimerHandle? _expire;
    private int? _interval;
    private int? _minimum;
    private bool _weRefresh;

    /// <summary>The request names an interval that we do not take, from a side that can be told so by 422 (section 9).</summary>
    public static bool IsTooBrief(SipRequest request, SipTimers timers) =>
        SessionExpires.Of(request.Headers) is { } asked && asked.Seconds < timers.MinSessionExpires && request.Headers.Lists(HeaderName.Supported, OptionTags.Timer);

    /// <summary>The 422 for such a request (section 6).</summary>
    public static SipResponse TooBrief(SipRequest request, string toTag, SipTimers timers)
    {
        var response = SipResponse.For(request, 422, "Session Interval Too Small", toTag);
        response.Headers.Add(HeaderName.MinSe, timers.MinSessionExpires.ToString(CultureInfo.InvariantCulture));
        return response;
    }

    /// <summary>What the INVITE that begins a call asks for: an interval, and the minimum that a 422 has named.</summary>
    public static void Ask(SipHeaders headers, SipTimers timers, int? minimum)
    {
        headers.Add(HeaderName.SessionExpires, Math.Max(timers.SessionExpires, minimum ?? 0).ToString(CultureInfo.InvariantCulture));
        if (minimum is { } least)
        {
            headers.Add(HeaderName.MinSe, least.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Writes into a request within the call what it asks for: the interval in force, and who refreshes today (section 7.4).</summary>
    public void Ask(SipHeaders headers)
    {
        if (_interval is { } interval)
        {
            headers.Add(HeaderName.SessionExpires, new SessionExpires(Math.Max(interval, _minimum ?? 0), _weRefresh).ToString());
        }

        if (_minimum is { } least)
        {
            headers.Add(HeaderName.MinSe, least.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Takes up what an INVITE or UPDATE of the other side asks for, and writes it into our 2xx (section 9).</summary>
    public void Answer(SipRequest request, SipResponse success)
    {
        var asked = SessionExpires.Of(request.Headers);
        var supported = request.Headers.Lists(HeaderName.Supported, OptionTags.Timer);
        var least = Math.Max(SessionExpires.MinimumOf(request.Headers) ?? 0, timers.MinSessionExpires);
        if ((asked is null && !supported) || asked?.Seconds < timers.MinSessionExpires)
        {
            Stop();
            return;
        }

        // It may be lowered, though not below what either side takes, and never raised.
        var interval = Math.Max(timers.SessionExpires, least);
        interval = asked is { } wish ? Math.Min(wish.Seconds, interval) : interval;
        var byUac = supported && asked?.RefreshedByUac != false;
        success.Headers.Add(HeaderName.SessionExpires, new SessionExpires(interval, byUac).ToString());
        if (byUac)
        {
            success.Headers.Add(HeaderName.Require, OptionTags.Timer);
        }

        Start(interval, weRefresh: !byUac);
    }

    /// <summary>Takes up what the other side's 2xx to our INVITE or UPDATE says; without a word of it the session does not expire (section 7.2).</summary>
    public void Agree(SipResponse success)
    {
        if (SessionExpires.Of(success.Headers) is { } agreed)
        {
            Start(agreed.Seconds, weRefresh: agreed.RefreshedByUac != false);
        }
        else
        {
            Stop();
        }
    }

    /// <summary>Takes note of the minimum that a 422 names; false when it names none that is news.</summary>
    public bool TryRaise(SipResponse tooBrief)
    {
        if (SessionExpires.MinimumOf(tooBrief.Headers) is not { } least || least <= (_minimum ?? 0))
        {
            return false;
        }

        _minimum = least;
        return true;
    }

    public void Stop()
    {
        _interval = null;
        queue.Cancel(_refresh);
        queue.Cancel(_expire);
    }

    private void Start(int interval, bool weRefresh)
    {
        Stop();
        (_interval, _weRefresh) = (interval, weRefresh);
        if (weRefresh)
        {
            _refresh = queue.Start(TimeSpan.FromSeconds(interval / 2.0), refresh);
        }

        // Section 10: BYE comes before the other side takes the session for dead.
        _expire = queue.Start(TimeSpan.FromSeconds(interval - Math.Min(32, interval / 3.0)), expire);
    }
}
