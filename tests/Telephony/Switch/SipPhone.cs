using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>A phone on a real socket, UDP or what line it is given, that does only what a test tells it, and remembers all that it hears.</summary>
internal sealed class SipPhone : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly IPhoneLine _line;
    private readonly IPEndPoint _server;
    private readonly Lock _lock = new();
    private readonly List<SipMessage> _heard = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _listening;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _read;
    private int _cSeq;

    public SipPhone(IPEndPoint server, string user, string address = "127.0.0.1")
        : this(server, user, new UdpLine(server, IPAddress.Parse(address)))
    {
    }

    public SipPhone(IPEndPoint server, string user, IPhoneLine line)
    {
        _server = server;
        _line = line;
        User = user;
        EndPoint = line.EndPoint;
        _listening = ListenAsync();
    }

    public string User { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Completes when the server has closed the line.</summary>
    public Task Closed => _listening;

    /// <summary>An SDP of one audio stream.</summary>
    public string Sdp(string codecs = "0 8", string direction = "sendrecv") =>
        $"v=0\r\no=- 1 1 IN {Family} {EndPoint.Address}\r\ns=-\r\nc=IN {Family} {EndPoint.Address}\r\nt=0 0\r\nm=audio 40000 RTP/AVP {codecs}\r\na={direction}\r\n";

    /// <summary>Calls a number and gives the INVITE.</summary>
    public SipRequest Call(string number, string? sdp, string? authorization = null, string? from = null, string? to = null, params IEnumerable<(HeaderName Name, string Value)> extra)
    {
        var invite = NewRequest("INVITE", $"sip:{number}@{_server}", $"<sip:{from ?? User}@{EndPoint}>;tag={NewId()}", $"<sip:{to ?? number}@{_server}>", NewId(), ++_cSeq, sdp, authorization);
        foreach (var (name, value) in extra)
        {
            invite.Headers.Add(name, value);
        }

        Send(invite);
        return invite;
    }

    /// <summary>Calls a number with further header fields.</summary>
    public SipRequest Call(string number, string? sdp, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var invite = NewRequest("INVITE", $"sip:{number}@{_server}", $"<sip:{User}@{EndPoint}>;tag={NewId()}", $"<sip:{number}@{_server}>", NewId(), ++_cSeq, sdp, authorization: null);
        return SendWith(invite, headers);
    }

    /// <summary>A request in the dialog that our INVITE and its answer made, with further header fields.</summary>
    public SipRequest InDialog(string method, SipRequest invite, SipResponse answer, params ReadOnlySpan<(string Name, string Value)> headers) =>
        SendWith(NewRequest(method, TargetOf(answer), invite.From.ToString(), answer.To.ToString(), invite.CallId, ++_cSeq, sdp: null, authorization: null), headers);

    /// <summary>An INFO in the dialog that our INVITE and its answer made.</summary>
    public void Info(SipRequest invite, SipResponse answer, string type, string body)
    {
        var request = NewRequest("INFO", TargetOf(answer), invite.From.ToString(), answer.To.ToString(), invite.CallId, ++_cSeq, sdp: null, authorization: null);
        request.Headers.Add(HeaderName.ContentType, type);
        Send(new SipRequest("INFO", request.Uri, request.Headers, Encoding.UTF8.GetBytes(body)));
    }

    /// <summary>A request in the dialog that our INVITE and its answer made.</summary>
    public SipRequest InDialog(string method, SipRequest invite, SipResponse answer, string? sdp = null, uint? cSeq = null)
    {
        answer.Headers.TryGetAddresses(HeaderName.Contact, out var contact, out _);
        var number = cSeq ?? (method == "ACK" ? invite.CSeq.Number : (uint)++_cSeq);
        var request = NewRequest(method, contact[0].Uri.ToString(), invite.From.ToString(), answer.To.ToString(), invite.CallId, (int)number, sdp, authorization: null);
        Send(request);
        return request;
    }

    /// <summary>A request in the dialog that we have answered.</summary>
    public SipRequest InAnsweredDialog(string method, SipRequest invite, SipResponse answer, string? sdp = null)
    {
        invite.Headers.TryGetAddresses(HeaderName.Contact, out var contact, out _);
        var request = NewRequest(method, contact[0].Uri.ToString(), answer.To.ToString(), invite.From.ToString(), invite.CallId, ++_cSeq, sdp, authorization: null);
        Send(request);
        return request;
    }

    public void Cancel(SipRequest invite) => Send(invite.Cancel());

    /// <summary>Answers a request that came in.</summary>
    public SipResponse Respond(SipRequest request, int status, string? sdp = null, string tag = "phone", string? contact = null, string? allowEvents = null)
    {
        var response = SipResponse.For(request, status, "Because", status == 100 ? null : tag, sdp is null ? default : Encoding.UTF8.GetBytes(sdp));
        response.Headers.Add(HeaderName.Contact, contact is null ? Contact : $"<{contact}>");
        if (allowEvents is not null)
        {
            response.Headers.Add(HeaderName.AllowEvents, allowEvents);
        }

        if (sdp is not null)
        {
            response.Headers.Add(HeaderName.ContentType, "application/sdp");
        }

        Send(response);
        return response;
    }

    /// <summary>Registers, answering the challenge.</summary>
    public async Task<SipResponse> RegisterAsync(string password, int expires = 60, IPEndPoint? contact = null, string parameters = "", string? path = null)
    {
        var callId = NewId();
        SipRequest Register(string? authorization) => NewRequest(
            "REGISTER", $"sip:{_server}", $"<sip:{User}@{_server}>;tag={NewId()}", $"<sip:{User}@{_server}>", callId, ++_cSeq, sdp: null, authorization, $"{(contact is null ? Contact : $"<sip:{User}@{contact}>")};expires={expires}{parameters}", path);
        Send(Register(authorization: null));
        var challenge = await ResponseAsync(401, "REGISTER");
        Send(Register(Authorize(challenge, "REGISTER", password)));
        return await ResponseAsync(status: null, "REGISTER");
    }

    /// <summary>The credentials for a challenge, with its MD5 offer.</summary>
    public string Authorize(SipResponse challenge, string method, string password)
    {
        var offer = challenge.Headers.Where(header => header.Name.Equals(HeaderName.WwwAuthenticate)).Select(header => header.Text).First(text => text.Contains("MD5"));
        var nonce = offer.Split("nonce=\"")[1].Split('"')[0];
        var realm = offer.Split("realm=\"")[1].Split('"')[0];
        var credentials = new DigestCredentials(User, realm, nonce, $"sip:{_server}", "", "MD5", "c0ffee", "auth", "00000001");
        var response = DigestAuthenticator.Expected(DigestAlgorithm.Md5, DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"{User}:{realm}:{password}"), method, credentials);
        return $"Digest username=\"{User}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{credentials.Uri}\", response=\"{response}\", algorithm=MD5, cnonce=\"c0ffee\", qop=auth, nc=00000001";
    }

    public void Send(SipMessage message) => SendRaw(message.ToBytes());

    public void SendRaw(byte[] datagram) => _line.Send(datagram);

    /// <summary>The next response to a method, of a status or of any; what came before it is passed over.</summary>
    public Task<SipResponse> ResponseAsync(int? status, string method) =>
        NextAsync<SipResponse>($"{status} {method}", response => response.CSeq.Method == method && (status is null || response.StatusCode == status));

    public Task<SipRequest> RequestAsync(string method) => NextAsync<SipRequest>(method, request => request.Method == method);

    /// <summary>The next message of a kind that passes; what came before it is passed over.</summary>
    public async Task<T> NextAsync<T>(string what, Func<T, bool> passes)
        where T : SipMessage
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            Task news;
            lock (_lock)
            {
                while (_read < _heard.Count)
                {
                    if (_heard[_read++] is T candidate && passes(candidate))
                    {
                        return candidate;
                    }
                }

                news = _news.Task;
            }

            try
            {
                await news.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException waitedLongEnough)
            {
                throw new Xunit.Sdk.XunitException($"{User} waited for {what} and heard: {string.Join(" | ", Heard().Select(message => message.ToString().Split('\r')[0]))}", waitedLongEnough);
            }
        }
    }

    public IReadOnlyList<SipMessage> Heard()
    {
        lock (_lock)
        {
            return [.. _heard];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _listening;
        await _line.DisposeAsync();
        _stop.Dispose();
    }

    private string Contact => _line.Protocol == "UDP" ? $"<sip:{User}@{EndPoint}>" : $"<sip:{User}@{EndPoint};transport={_line.Protocol.ToLowerInvariant()}>";

    private string Family => EndPoint.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";

    private static string TargetOf(SipMessage message)
    {
        message.Headers.TryGetAddresses(HeaderName.Contact, out var contact, out _);
        return contact[0].Uri.ToString();
    }

    private SipRequest SendWith(SipRequest request, ReadOnlySpan<(string Name, string Value)> headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(HeaderName.Of(name), value);
        }

        Send(request);
        return request;
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private SipRequest NewRequest(string method, string uri, string from, string to, string callId, int cSeq, string? sdp, string? authorization, string? contact = null, string? path = null)
    {
        var headers = new SipHeaders();
        headers.Add(HeaderName.Via, $"SIP/2.0/{_line.Protocol} {EndPoint};branch=z9hG4bK{NewId()};rport");
        headers.Add(HeaderName.MaxForwards, "70");
        headers.Add(HeaderName.From, from);
        headers.Add(HeaderName.To, to);
        headers.Add(HeaderName.CallId, callId);
        headers.Add(HeaderName.CSeq, string.Create(CultureInfo.InvariantCulture, $"{cSeq} {method}"));
        headers.Add(HeaderName.Contact, contact ?? Contact);
        if (path is not null)
        {
            headers.Add(HeaderName.Path, path);
        }

        if (authorization is not null)
        {
            headers.Add(HeaderName.Authorization, authorization);
        }

        if (sdp is not null)
        {
            headers.Add(HeaderName.ContentType, "application/sdp");
        }

        SipUri.TryParse(Encoding.UTF8.GetBytes(uri), out var target, out var error).ShouldBeTrue(error);
        return new SipRequest(method, target, headers, sdp is null ? default : Encoding.UTF8.GetBytes(sdp));
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            byte[]? received;
            try
            {
                received = await _line.ReceiveAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or WebSocketException)
            {
                return;
            }

            if (received is null)
            {
                return;
            }

            SipMessage.TryParse(received, out var message, out var error).ShouldBeTrue(error?.ToString());
            lock (_lock)
            {
                _heard.Add(message!);
                _news.SetResult();
                _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
