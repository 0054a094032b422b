using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>REGISTER with digest, on a clock that stands still (RFC 3261 sections 10.3 and 22, RFC 7616, RFC 8760).</summary>
public sealed class RegistrarTests : IAsyncLifetime
{
    private readonly AgentBench _bench = new(TestAccounts.Account("2001", "secret"), TestAccounts.Account("2002", "other"));
    private int _cSeq;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    public async Task The_right_password_registers(DigestAlgorithm algorithm)
    {
        var ok = await RegisterAsync("<sip:2001@192.0.2.1:5062>", algorithm: algorithm);

        ok.StatusCode.ShouldBe(200);
        ok.Headers[HeaderName.Contact].ShouldBe("<sip:2001@192.0.2.1:5062>;expires=60");
        _bench.Registrar.Find("2001").ShouldHaveSingleItem().Flow.Remote.ShouldBe(IPEndPoint.Parse("192.0.2.1:5062"));
        _bench.Registrations.ShouldBe([("2001", true)]);
    }

    [Fact]
    public async Task Challenges_offer_SHA_256_before_MD5_and_look_the_same_for_a_user_that_does_not_exist()
    {
        var known = await SendAsync("2001", "<sip:a@192.0.2.1>", authorization: null);
        var unknown = await SendAsync("9999", "<sip:a@192.0.2.1>", authorization: null);

        foreach (var challenge in new[] { known, unknown })
        {
            challenge.StatusCode.ShouldBe(401);
            var offers = Challenges(challenge);
            offers.Count.ShouldBe(2);
            offers[0].ShouldEndWith("algorithm=SHA-256, qop=\"auth\"");
            offers[1].ShouldEndWith("algorithm=MD5, qop=\"auth\"");
        }

        var wrong = await RegisterAsync("<sip:a@192.0.2.1>", user: "9999");
        wrong.StatusCode.ShouldBe(401);
        wrong.Headers.Select(header => header.Name).ShouldBe((await RegisterAsync("<sip:a@192.0.2.1>", password: "wrong")).Headers.Select(header => header.Name));
    }

    [Fact]
    public async Task A_challenge_leaves_no_state_behind()
    {
        await SendAsync("2001", "<sip:a@192.0.2.1>", authorization: null);

        await _bench.OnLoopAsync(() => _bench.Agent.Transactions.IsEmpty.ShouldBeTrue());
    }

    [Fact]
    public async Task A_wrong_password_or_another_users_password_is_challenged_anew_and_not_stale()
    {
        (await RegisterAsync("<sip:a@192.0.2.1>", password: "wrong")).ShouldSatisfyAllConditions(
            response => response.StatusCode.ShouldBe(401),
            response => Challenges(response).ShouldAllBe(challenge => !challenge.Contains("stale")));
        (await RegisterAsync("<sip:a@192.0.2.1>", user: "2001", password: "other", digestUser: "2002")).StatusCode.ShouldBe(401);
        _bench.Registrar.Find("2001").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replayed_nonce_count_and_an_expired_nonce_are_stale()
    {
        var challenge = await SendAsync("2001", "<sip:a@192.0.2.1>", authorization: null);
        var credentials = Credentials(challenge, "2001", "secret", DigestAlgorithm.Md5);
        (await SendAsync("2001", "<sip:a@192.0.2.1>", credentials)).StatusCode.ShouldBe(200);

        var replayed = await SendAsync("2001", "<sip:evil@192.0.2.66>", credentials);
        replayed.StatusCode.ShouldBe(401);
        Challenges(replayed).ShouldAllBe(item => item.EndsWith("stale=true"));
        (await SendAsync("2001", "<sip:a@192.0.2.1>", Credentials(challenge, "2001", "secret", DigestAlgorithm.Md5, count: 2))).StatusCode.ShouldBe(200);

        await _bench.AdvanceAsync(301);
        var expired = await SendAsync("2001", "<sip:a@192.0.2.1>", Credentials(challenge, "2001", "secret", DigestAlgorithm.Md5, count: 3));
        Challenges(expired).ShouldAllBe(item => item.EndsWith("stale=true"));
    }

    [Fact]
    public async Task A_forged_nonce_is_not_called_stale_even_with_the_right_password()
    {
        var forged = $"Digest username=\"2001\", realm=\"{AgentBench.Realm}\", nonce=\"AAAA\", algorithm=MD5, qop=\"auth\"";
        var challenge = SipResponse.For((SipRequest)Parse(UserAgentTests.Request("REGISTER")), 401, "x", toTag: null);
        challenge.Headers.Add(HeaderName.WwwAuthenticate, forged);
        challenge.Headers.Add(HeaderName.WwwAuthenticate, forged);

        var response = await SendAsync("2001", "<sip:a@192.0.2.1>", Credentials(challenge, "2001", "secret", DigestAlgorithm.Md5));

        response.StatusCode.ShouldBe(401);
        Challenges(response).ShouldAllBe(item => !item.Contains("stale"));
    }

    [Fact]
    public async Task Credentials_without_qop_are_refused()
    {
        var challenge = await SendAsync("2001", "<sip:a@192.0.2.1>", authorization: null);
        var nonce = Nonce(challenge, DigestAlgorithm.Md5);
        var ha1 = DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"2001:{AgentBench.Realm}:secret");
        var ha2 = DigestAuthenticator.Hash(DigestAlgorithm.Md5, "REGISTER:sip:x");
        var response = DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"{ha1}:{nonce}:{ha2}");

        (await SendAsync("2001", "<sip:a@192.0.2.1>", $"Digest username=\"2001\", realm=\"{AgentBench.Realm}\", nonce=\"{nonce}\", uri=\"sip:x\", response=\"{response}\"")).StatusCode.ShouldBe(401);
    }

    [Fact]
    public async Task Expires_are_cut_to_120_s_and_below_5_s_refused()
    {
        (await RegisterAsync("<sip:a@192.0.2.1>;expires=3600")).Headers[HeaderName.Contact].ShouldBe("<sip:a@192.0.2.1>;expires=120");
        (await RegisterAsync("<sip:a@192.0.2.1>;expires=5")).Headers[HeaderName.Contact].ShouldBe("<sip:a@192.0.2.1>;expires=5");
        (await RegisterAsync("<sip:a@192.0.2.1>;expires=99999999999999999999")).Headers[HeaderName.Contact].ShouldBe("<sip:a@192.0.2.1>;expires=120");
        (await RegisterAsync("<sip:a@192.0.2.1>", expires: null)).Headers[HeaderName.Contact].ShouldBe("<sip:a@192.0.2.1>;expires=120");
        var brief = await RegisterAsync("<sip:a@192.0.2.1>;expires=4");
        (brief.StatusCode, brief.Headers[HeaderName.MinExpires]).ShouldBe((423, "5"));
    }

    [Fact]
    public async Task Several_phones_are_kept_newest_first_and_queried_without_a_contact()
    {
        await RegisterAsync("<sip:a@192.0.2.1>", callId: "phone-a");
        await RegisterAsync("<sip:b@192.0.2.1>", callId: "phone-b");
        await RegisterAsync("<sip:a@192.0.2.1>", callId: "phone-a");

        var query = await RegisterAsync(contact: null);
        query.Headers.Where(header => header.Name.Equals(HeaderName.Contact)).Select(header => header.Text).ShouldBe(["<sip:a@192.0.2.1>;expires=60", "<sip:b@192.0.2.1>;expires=60"]);
        _bench.Registrations.ShouldBe([("2001", true)]);
    }

    [Fact]
    public async Task A_binding_is_removed_by_expires_0_and_all_by_a_star()
    {
        await RegisterAsync("<sip:a@192.0.2.1>");
        await RegisterAsync("<sip:b@192.0.2.1>");
        await RegisterAsync("<sip:a@192.0.2.1>;expires=0");
        _bench.Registrar.Find("2001").Length.ShouldBe(1);

        (await RegisterAsync("*", expires: 60)).StatusCode.ShouldBe(400);
        (await RegisterAsync("*", expires: 0)).StatusCode.ShouldBe(200);

        _bench.Registrar.Find("2001").ShouldBeEmpty();
        _bench.Registrations.ShouldBe([("2001", true), ("2001", false)]);
    }

    [Fact]
    public async Task A_binding_that_is_not_refreshed_lapses_and_says_so()
    {
        await RegisterAsync("<sip:a@192.0.2.1>;expires=30");
        await RegisterAsync("<sip:b@192.0.2.1>;expires=60");

        await _bench.AdvanceAsync(30);
        _bench.Registrar.Find("2001").ShouldHaveSingleItem().Contact.UserText.ShouldBe("b");
        _bench.Registrations.ShouldBe([("2001", true)]);
        await _bench.AdvanceAsync(30);

        _bench.Registrar.Find("2001").ShouldBeEmpty();
        _bench.Registrations.ShouldBe([("2001", true), ("2001", false)]);
    }

    [Fact]
    public async Task A_phone_behind_a_NAT_is_reached_where_it_registered_from()
    {
        await RegisterAsync("<sip:2001@10.0.0.7:5060>", sentBy: "10.0.0.7");

        _bench.Registrar.Find("2001")[0].Flow.Remote.ShouldBe(AgentBench.Peer);
    }

    [Fact]
    public async Task Q_is_kept_and_told_back()
    {
        await RegisterAsync("<sip:a@192.0.2.1>;q=0.5");
        var response = await RegisterAsync("<sip:b@192.0.2.1>;q=1.000");

        response.Headers.Where(header => header.Name.Equals(HeaderName.Contact)).Select(header => header.Text).ShouldBe(["<sip:b@192.0.2.1>;expires=60", "<sip:a@192.0.2.1>;expires=60;q=0.5"]);
        _bench.Registrar.Find("2001").Select(binding => binding.Q).ShouldBe([1, 0.5]);
    }

    [Fact]
    public async Task The_path_is_kept_told_back_and_leads_to_the_phone()
    {
        const string Path = "<sip:192.0.2.9:5070;lr>, <sip:edge.example.com;lr>";
        var response = await RegisterAsync("<sip:2001@10.0.0.7>", path: Path);

        response.Headers[HeaderName.Path].ShouldBe(Path);
        var binding = _bench.Registrar.Find("2001").ShouldHaveSingleItem();
        (binding.Path, binding.Flow.Remote).ShouldBe((Path, IPEndPoint.Parse("192.0.2.9:5070")));
        (await RegisterAsync("<sip:b@192.0.2.1>", path: "<sip:unclosed")).StatusCode.ShouldBe(400);
    }

    [Fact]
    public async Task A_phone_with_an_instance_replaces_its_own_binding_when_its_address_changes()
    {
        const string Phone = "+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"";
        await RegisterAsync($"<sip:a@192.0.2.1:5060>;{Phone}", callId: "before");
        await RegisterAsync("<sip:c@192.0.2.1>", callId: "another");
        var moved = await RegisterAsync($"<sip:a@192.0.2.1:5070>;{Phone}", callId: "after");
        _bench.Registrar.Find("2001").Select(binding => binding.Contact.ToString()).ShouldBe(["sip:a@192.0.2.1:5070", "sip:c@192.0.2.1"]);
        moved.Headers[HeaderName.Contact].ShouldBe($"<sip:a@192.0.2.1:5070>;expires=60;{Phone}");

        await RegisterAsync($"<sip:a@192.0.2.1:5071>;{Phone};reg-id=1", callId: "first");
        await RegisterAsync($"<sip:a@192.0.2.1:5072>;{Phone};reg-id=2", callId: "second");
        await RegisterAsync($"<sip:a@192.0.2.1:5073>;{Phone};reg-id=1", callId: "first-again");
        _bench.Registrar.Find("2001").Select(binding => (binding.Contact.Port, binding.RegId)).ShouldBe([(5073, 1), (5072, 2), (5070, null), (null, null)]);
    }

    [Fact]
    public async Task Two_contacts_of_one_request_do_not_replace_each_other()
    {
        const string Phone = "+sip.instance=\"<urn:uuid:f81d4fae>\"";
        await RegisterAsync($"<sip:a@192.0.2.1:5060>;{Phone}, <sip:a@192.0.2.1:5061>;{Phone}");
        _bench.Registrar.Find("2001").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("path", 401)]
    [InlineData("Path", 401)]
    [InlineData("path, gin", 420)]
    public async Task A_register_may_require_what_the_registrar_knows(string required, int status)
    {
        await _bench.ReceiveAsync(UserAgentTests.Request("REGISTER", extra: $"Require: {required}\n"));
        var response = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        (response.StatusCode, response.Headers[HeaderName.Unsupported]).ShouldBe((status, status == 420 ? "gin" : null));
    }

    [Theory]
    [InlineData("<sip:a@192.0.2.1>;q=1.1")]
    [InlineData("<sip:a@192.0.2.1>;q=-0.1")]
    [InlineData("<sip:a@192.0.2.1>;q=high")]
    [InlineData("sip:user@example.com?Route=%3Csip:sip.example.com%3E")]
    [InlineData("<mailto:a@b>")]
    [InlineData("<sip:a@192.0.2.1>;expires=soon")]
    [InlineData("<sip:a@192.0.2.1")]
    public async Task Contacts_that_make_no_sense_are_refused(string contact)
    {
        (await RegisterAsync(contact)).StatusCode.ShouldBe(400);
        _bench.Registrar.Find("2001").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_register_that_is_overtaken_by_a_later_one_changes_nothing()
    {
        await RegisterAsync("<sip:a@192.0.2.1>", callId: "phone-a");
        await _bench.AdvanceAsync(40); // past the transactions, or the repeated CSeq would count as merged
        _cSeq = 0;

        (await RegisterAsync("<sip:a@192.0.2.1>;expires=0", callId: "phone-a")).StatusCode.ShouldBe(500);
        _bench.Registrar.Find("2001").Length.ShouldBe(1);
    }

    private static List<string> Challenges(SipResponse response) =>
        [.. response.Headers.Where(header => header.Name.Equals(HeaderName.WwwAuthenticate)).Select(header => header.Text)];

    private static string Nonce(SipResponse challenge, DigestAlgorithm algorithm) =>
        Challenges(challenge)[algorithm == DigestAlgorithm.Sha256 ? 0 : 1].Split("nonce=\"")[1].Split('"')[0];

    private static string Credentials(SipResponse challenge, string user, string password, DigestAlgorithm algorithm, int count = 1)
    {
        var name = algorithm == DigestAlgorithm.Sha256 ? "SHA-256" : "MD5";
        var credentials = new DigestCredentials(user, AgentBench.Realm, Nonce(challenge, algorithm), "sip:192.0.2.100", "", name, "c0ffee", "auth", count.ToString("x8"));
        var response = DigestAuthenticator.Expected(algorithm, DigestAuthenticator.Hash(algorithm, $"{user}:{AgentBench.Realm}:{password}"), "REGISTER", credentials);
        return $"Digest username=\"{user}\", realm=\"{AgentBench.Realm}\", nonce=\"{credentials.Nonce}\", uri=\"{credentials.Uri}\", response=\"{response}\", algorithm={name}, cnonce=\"c0ffee\", qop=auth, nc={credentials.NonceCount}";
    }

    private static SipMessage Parse(string text)
    {
        SipMessage.TryParse(System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), out var message, out var error).ShouldBeTrue(error?.ToString());
        return message!;
    }

    private async Task<SipResponse> RegisterAsync(
        string? contact, string user = "2001", string password = "secret", string? digestUser = null, DigestAlgorithm algorithm = DigestAlgorithm.Md5, int? expires = 60, string callId = "reg", string sentBy = "192.0.2.1", string? path = null)
    {
        var challenge = await SendAsync(user, contact, authorization: null, expires, callId, sentBy, path);
        return await SendAsync(user, contact, Credentials(challenge, digestUser ?? user, password, algorithm), expires, callId, sentBy, path);
    }

    private async Task<SipResponse> SendAsync(string user, string? contact, string? authorization, int? expires = 60, string callId = "reg", string sentBy = "192.0.2.1", string? path = null)
    {
        var cSeq = ++_cSeq;
        await _bench.ReceiveAsync($"""
            REGISTER sip:192.0.2.100 SIP/2.0
            Via: SIP/2.0/UDP {sentBy};branch=z9hG4bK{Guid.NewGuid():N};rport
            From: <sip:{user}@192.0.2.100>;tag=1
            To: <sip:{user}@192.0.2.100>
            Call-ID: {callId}
            CSeq: {cSeq} REGISTER
            {(contact is null ? "" : $"Contact: {contact}\n")}{(path is null ? "" : $"Path: {path}\n")}{(authorization is null ? "" : $"Authorization: {authorization}\n")}{(expires is null ? "" : $"Expires: {expires}\n")}Content-Length: 0


            """);
        return _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
    }
}
