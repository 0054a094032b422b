using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>Remembers what transports tell, and waits for it.</summary>
internal sealed class TransportRecorder : ISipTransportUser
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly List<(string What, SipFlow Flow, SipMessage? Message)> _told = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _read;

    /// <summary>Nothing is to be heard of anybody.</summary>
    public bool IsDeaf { get; set; }

    public bool Listens(IPAddress source) => !IsDeaf;

    public void OnMessage(SipMessage message, SipFlow from) => Tell("message", from, message);

    public void OnMalformed(ParseError error, SipFlow from) => Tell($"malformed: {error.Reason}", from, error.Answerable);

    public void OnUnreachable(SipFlow peer) => Tell("unreachable", peer, message: null);

    public void OnClosed(SipFlow peer) => Tell("closed", peer, message: null);

    /// <summary>The next thing told, which must be this.</summary>
    public async Task<(SipFlow Flow, SipMessage? Message)> NextAsync(string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            Task news;
            lock (_lock)
            {
                if (_read < _told.Count)
                {
                    var (told, flow, message) = _told[_read++];
                    told.ShouldBe(what);
                    return (flow, message);
                }

                news = _news.Task;
            }

            await news.WaitAsync(limit.Token);
        }
    }

    private void Tell(string what, SipFlow flow, SipMessage? message)
    {
        lock (_lock)
        {
            _told.Add((what, flow, message));
            _news.SetResult();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
