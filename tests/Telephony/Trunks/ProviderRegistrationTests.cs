using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>We as a client of a provider's registrar, on a clock that stands still (RFC 3261 section 10.2, RFC 3608, RFC 5626 section 4.5).</summary>
public sealed class ProviderRegistrationTests : IAsyncLifetime
{
    private static readonly Trunk Registering = TrunkBench.Trunk with
    {
        Account = new TrunkAccount("user", "secret"),
        Registration = new TrunkRegistration("provider.example", "4930", TimeSpan.FromMinutes(10)),
    };

    private readonly TrunkBench _bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_registration_answers_the_stronger_challenge_and_is_refreshed_at_four_fifths_with_the_same_nonce()
    {
        await _bench.UseAsync(Registering);
        var first = _bench.SentOne(TrunkBench.First);
        (first.Method, first.Uri.ToString(), first.To.Uri.ToString(), first.From.Uri.ToString()).ShouldBe(("REGISTER", "sip:provider.example", "sip:4930@provider.example", "sip:4930@provider.example"));
        first.Headers[HeaderName.Contact].ShouldBe("<sip:4930@192.0.2.100:5060>;expires=600");
        await _bench.AnswerAsync(
            first, 401, "WWW-Authenticate: Digest realm=\"p\", nonce=\"md5\", qop=\"auth\"", "WWW-Authenticate: Digest realm=\"p\", nonce=\"sha\", algorithm=sha-256, qop=\"auth,auth-int\", opaque=\"x\"");

        var second = _bench.SentOne(TrunkBench.First);
        (second.CallId, second.CSeq.Number).ShouldBe((first.CallId, 2u));
        second.Headers[HeaderName.Authorization].ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldContain("nonce=\"sha\""), text => text.ShouldContain("nc=00000001"), text => text.ShouldEndWith("opaque=\"x\""));
        await _bench.AnswerAsync(second, 200, "Contact: <sip:other@192.0.2.77>;expires=10, <sip:4930@192.0.2.100:5060>;expires=100");
        _bench.Told().ShouldBe([new TrunkRegistered("provider")]);
        _bench.Status[0].IsRegistered.ShouldBe(true);

        await _bench.AdvanceAsync(79.9);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(0.1);
        var refresh = _bench.SentOne(TrunkBench.First);
        refresh.Headers[HeaderName.Authorization].ShouldNotBeNull().ShouldContain("nc=00000002");
        await _bench.AnswerAsync(refresh, 200, "Expires: 50");
        _bench.Told().ShouldBeEmpty("it is registered still");
        await _bench.AdvanceAsync(40);
        _bench.SentOne(TrunkBench.First);
    }

    [Fact]
    public async Task A_refused_password_is_told_and_tried_again_at_growing_intervals()
    {
        await _bench.UseAsync(Registering);
        await ChallengeAsync(_bench.SentOne(TrunkBench.First));
        await ChallengeAsync(_bench.SentOne(TrunkBench.First));
        _bench.Told().ShouldBe([new TrunkUnregistered("provider", "401 Because")]);

        await _bench.AdvanceAsync(14.9);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(15.1);
        var again = _bench.Sent().DistinctBy(item => item.Request.CSeq).ShouldHaveSingleItem().Request;
        await ChallengeAsync(again);
        await ChallengeAsync(_bench.SentOne(TrunkBench.First));
        _bench.Told().ShouldBeEmpty("it is unregistered still");
        await _bench.AdvanceAsync(29.9);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(30.1);
        _bench.Sent().DistinctBy(item => item.Request.CSeq).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_interval_that_is_too_brief_is_made_longer()
    {
        await _bench.UseAsync(Registering);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 423, "Min-Expires: 3600");

        var second = _bench.SentOne(TrunkBench.First);
        second.Headers[HeaderName.Expires].ShouldBe("3600");
        await _bench.AnswerAsync(second, 200);
        await _bench.AdvanceAsync(2879);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(1);
        _bench.SentOne(TrunkBench.First).Headers[HeaderName.Expires].ShouldBe("3600", "it is remembered");
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        await _bench.UseAsync(Registering);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 503, "Retry-After: 300");
        await _bench.AdvanceAsync(299.9);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(0.1);
        _bench.Sent().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_lost_refresh_is_told_and_a_later_one_makes_it_good()
    {
        await _bench.UseAsync(Registering);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 200, "Expires: 100");
        _bench.Told();
        await _bench.AdvanceAsync(80 + 32);
        _bench.Told().ShouldBe([new TrunkUnregistered("provider", "no response")]);
        _bench.Sent();

        await _bench.AdvanceAsync(30);
        await _bench.AnswerAsync(_bench.Sent()[0].Request, 200);
        _bench.Told().ShouldBe([new TrunkRegistered("provider")]);
    }

    [Fact]
    public async Task A_trunk_that_is_removed_takes_its_binding_back()
    {
        await _bench.UseAsync(Registering);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 200);
        await _bench.UseAsync();

        var last = _bench.SentOne(TrunkBench.First);
        (last.Headers[HeaderName.Expires], last.Headers[HeaderName.Contact]).ShouldBe(("0", "<sip:4930@192.0.2.100:5060>;expires=0"));
        await ChallengeAsync(last);
        _bench.SentOne(TrunkBench.First).Headers[HeaderName.Expires].ShouldBe("0");
    }

    [Fact]
    public async Task Calls_pass_the_proxies_that_the_registrar_names()
    {
        await _bench.UseAsync(Registering);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 200, "Service-Route: <sip:orig@edge.example;lr>, <sip:core.example;lr>");
        await _bench.CallAsync();

        _bench.SentOne(TrunkBench.First).Headers[HeaderName.Route].ShouldBe("<sip:orig@edge.example;lr>, <sip:core.example;lr>");
    }

    private Task ChallengeAsync(SipRequest request) => _bench.AnswerAsync(request, 401, "WWW-Authenticate: Digest realm=\"p\", nonce=\"n\", qop=\"auth\"");
}
