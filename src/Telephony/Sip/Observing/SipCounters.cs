namespace CallCenter.Telephony.Sip;

/// <summary>How often what has happened since the switch began. Counting allocates nothing; it is done on the loop, but for what says otherwise, and may be read from any thread.</summary>
internal sealed class SipCounters
{
    private const int Statuses = 700;

    private static readonly string[] Methods =
        ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH", "others"];

    private static readonly byte[][] MethodBytes = [.. Methods.SkipLast(1).Select(System.Text.Encoding.ASCII.GetBytes)];

    private readonly long[] _requestsReceived = new long[Methods.Length];
    private readonly long[] _requestsSent = new long[Methods.Length];
    private readonly long[] _responsesReceived = new long[Statuses];
    private readonly long[] _responsesSent = new long[Statuses];
    private readonly long[] _timeouts = new long[Enum.GetValues<TimerName>().Length];
    private long _blocked;

    /// <summary>By method; those that no RFC names are <c>others</c>.</summary>
    public IReadOnlyList<TelephonyCount> Requests => [.. Methods.Select((name, i) => new TelephonyCount(name, _requestsReceived[i], _requestsSent[i])).Where(IsMoreThanNone)];

    /// <summary>By status code.</summary>
    public IReadOnlyList<TelephonyCount> Responses =>
        [.. Enumerable.Range(0, Statuses).Select(code => new TelephonyCount($"{code}", _responsesReceived[code], _responsesSent[code])).Where(IsMoreThanNone)];

    /// <summary>By the timer that fired (RFC 3261 table 4).</summary>
    public IReadOnlyList<(string Timer, long Count)> Timeouts =>
        [.. Enum.GetValues<TimerName>().Select(timer => (timer.ToString(), _timeouts[(int)timer])).Where(timeout => timeout.Item2 > 0)];

    /// <summary>Messages that a peer sent again.</summary>
    public long RepeatedByPeers { get; set; }

    /// <summary>Messages that we sent again.</summary>
    public long RepeatedByUs { get; set; }

    /// <summary>Messages that could not be read.</summary>
    public long Malformed { get; set; }

    /// <summary>Requests beyond a source's limits.</summary>
    public long Refused { get; set; }

    /// <summary>Messages and connections of blocked sources, unread.</summary>
    public long Blocked => Interlocked.Read(ref _blocked);

    /// <summary>Any thread.</summary>
    public void CountBlocked() => Interlocked.Increment(ref _blocked);

    public void CountTimeout(TimerName timer) => _timeouts[(int)timer]++;

    public void CountReceived(SipMessage message)
    {
        if (message is SipResponse response)
        {
            _responsesReceived[response.StatusCode]++;
        }
        else if (message is SipRequest request)
        {
            var method = Array.IndexOf(Methods, request.Method);
            _requestsReceived[method < 0 ? Methods.Length - 1 : method]++;
        }
    }

    /// <summary>Counts a message of ours, on the wire.</summary>
    public void CountSent(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("SIP/2.0 "u8) && SipScanner.TryNumber(message[8..11], Statuses - 1, out var status))
        {
            _responsesSent[status]++;
            return;
        }

        for (var i = 0; i < MethodBytes.Length; i++)
        {
            if (message.StartsWith(MethodBytes[i]) && message[MethodBytes[i].Length] == ' ')
            {
                _requestsSent[i]++;
                return;
            }
        }

        _requestsSent[^1]++;
    }

    private static bool IsMoreThanNone(TelephonyCount count) => count.Received + count.Sent > 0;
}
