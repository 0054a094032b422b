using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Calls out over a trunk, on a clock that stands still.</summary>
public sealed class TrunkCallTests : IAsyncLifetime
{
    private const string Challenge = "Digest realm=\"provider\", nonce=\"n1\", qop=\"auth\"";

    private readonly TrunkBench _bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task The_number_is_called_at_the_first_gateway_in_the_callers_name()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { Domain = "center.example" });
        await _bench.CallAsync();

        var invite = _bench.SentOne(TrunkBench.First);

        (invite.Uri.ToString(), invite.To.Uri.ToString()).ShouldBe(("sip:030123@192.0.2.1:5060", "sip:030123@192.0.2.1:5060"));
        (invite.From.DisplayName, invite.From.Uri.ToString()).ShouldBe(("Ann", "sip:4711@center.example"));
        invite.Headers.Has(HeaderName.PAssertedIdentity).ShouldBeFalse("this trunk is not of our trust domain");
    }

    [Fact]
    public async Task A_trunk_of_our_trust_domain_is_told_the_caller_beside_a_fixed_From()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { AssertsIdentity = true, FromUser = "account7" });
        await _bench.CallAsync();

        var invite = _bench.SentOne(TrunkBench.First);

        (invite.From.Uri.UserText, invite.Headers[HeaderName.PAssertedIdentity], invite.Headers[HeaderName.Privacy]).ShouldBe(("account7", "\"Ann\" <sip:4711@192.0.2.100>", null));
    }

    [Fact]
    public async Task A_withheld_number_is_anonymous_and_private()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { AssertsIdentity = true });
        await _bench.CallAsync(options: new OriginateOptions { FromUser = "", RingTimeout = TimeSpan.FromSeconds(60) });

        var invite = _bench.SentOne(TrunkBench.First);

        (invite.From.Uri.ToString(), invite.Headers[HeaderName.Privacy], invite.Headers.Has(HeaderName.PAssertedIdentity)).ShouldBe(("sip:anonymous@anonymous.invalid", "id", false));
    }

    [Theory]
    [InlineData(503, null)]
    [InlineData(503, "30")]
    [InlineData(500, "30")]
    [InlineData(408, null)]
    public async Task The_next_gateway_is_called_when_one_cannot_take_the_call(int status, string? retryAfter)
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        await _bench.CallAsync();
        var first = _bench.SentOne(TrunkBench.First);
        await _bench.AnswerAsync(first, status, retryAfter is null ? [] : [$"Retry-After: {retryAfter}"]);

        var second = _bench.SentOne(TrunkBench.Second);

        (second.CallId == first.CallId, second.From.Tag == first.From.Tag, second.Uri.Host).ShouldBe((true, false, "192.0.2.2"));
        _bench.Told().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(404, LegEndReason.Rejected)]
    [InlineData(486, LegEndReason.Rejected)]
    [InlineData(603, LegEndReason.Rejected)]
    [InlineData(500, LegEndReason.Failed)]
    [InlineData(401, LegEndReason.Rejected)]
    public async Task What_the_next_gateway_would_say_too_ends_the_call(int status, LegEndReason reason)
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        var leg = await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), status);

        _bench.Told().ShouldBe([new LegEnded(leg.Id, reason, status, "Because")]);
        _bench.Sent().ShouldAllBe(item => item.Request.Method == "ACK");
    }

    [Fact]
    public async Task A_gateway_that_says_nothing_is_left_after_four_seconds_and_one_that_is_trying_is_not()
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        var leg = await _bench.CallAsync();
        await _bench.AdvanceAsync(3.9);
        _bench.Sent().ShouldAllBe(item => item.To.Equals(TrunkBench.First));
        await _bench.AdvanceAsync(0.1);
        var second = _bench.Sent().Last(item => item.To.Equals(TrunkBench.Second)).Request;

        await _bench.AnswerAsync(second, 100);
        await _bench.AdvanceAsync(55);
        _bench.Told().ShouldBeEmpty();
        await _bench.AdvanceAsync(5);
        _bench.Told().ShouldBe([new LegEnded(leg.Id, LegEndReason.NoAnswer, null, null)]);
    }

    [Fact]
    public async Task When_all_gateways_are_silent_nobody_is_reached()
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        var leg = await _bench.CallAsync();
        await _bench.AdvanceAsync(8);

        _bench.Told().ShouldBe([new LegEnded(leg.Id, LegEndReason.Unreachable, null, "nobody responds")]);
        _bench.Status[0].Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData(401, "WWW-Authenticate", "Authorization")]
    [InlineData(407, "Proxy-Authenticate", "Proxy-Authorization")]
    public async Task A_challenge_is_answered_once_in_the_same_call(int status, string challenges, string credentials)
    {
        await _bench.UseAsync(TrunkBench.Trunk with { Account = new TrunkAccount("user", "secret") });
        var leg = await _bench.CallAsync();
        var first = _bench.SentOne(TrunkBench.First);
        await _bench.AnswerAsync(first, status, $"{challenges}: {Challenge}");

        var second = _bench.SentOne(TrunkBench.First);
        (second.CallId, second.From.Tag, second.CSeq.Number).ShouldBe((first.CallId, first.From.Tag, 2u));
        second.TopVia.Branch.ShouldNotBe(first.TopVia.Branch);
        second.Headers[HeaderName.Of(credentials)].ShouldNotBeNull().ShouldContain("nonce=\"n1\", uri=\"sip:030123@192.0.2.1:5060\"");

        await _bench.AnswerAsync(second, status, $"{challenges}: {Challenge}");
        _bench.Told().ShouldBe([new LegEnded(leg.Id, LegEndReason.Rejected, status, "Because")]);
    }

    [Fact]
    public async Task A_stale_nonce_is_worth_one_more_try()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { Account = new TrunkAccount("user", "secret") });
        await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 407, $"Proxy-Authenticate: {Challenge}");
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 407, $"Proxy-Authenticate: {Challenge.Replace("n1", "n2")}, stale=TRUE");

        var third = _bench.SentOne(TrunkBench.First);

        third.CSeq.Number.ShouldBe(3u);
        third.Headers[HeaderName.ProxyAuthorization].ShouldNotBeNull().ShouldContain("nonce=\"n2\"");
    }

    [Fact]
    public async Task A_gateway_that_wants_a_rest_gets_it()
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 503, "Retry-After: 120 (maintenance)");
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.Second), 486);
        _bench.Sent();

        await _bench.AdvanceAsync(119);
        await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.Second), 486);
        _bench.Sent();
        await _bench.AdvanceAsync(1);
        await _bench.CallAsync();
        _bench.SentOne(TrunkBench.First);
    }

    [Fact]
    public async Task A_trunk_takes_no_more_calls_than_it_may_and_counts_them_down_again()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { MaxCalls = 1 });
        var first = await _bench.CallAsync();
        var second = await _bench.CallAsync();
        _bench.Told().ShouldBe([new LegEnded(second.Id, LegEndReason.Unreachable, null, "trunk provider has its 1 calls")]);
        await _bench.OnLoopAsync(() => first.HangUp(HangUpCause.Normal));
        _bench.Status[0].Calls.ShouldBe(0);
        _bench.Told();

        await _bench.CallAsync();
        _bench.Told().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_trunk_nobody_is_called()
    {
        var leg = await _bench.CallAsync("nowhere");
        _bench.Told().ShouldBe([new LegEnded(leg.Id, LegEndReason.Unreachable, null, "there is no such trunk")]);
    }

    [Fact]
    public async Task A_transport_that_we_do_not_speak_is_passed_over()
    {
        await _bench.UseAsync(TrunkBench.Trunk with { Gateways = [new Gateway("192.0.2.1", 5061, "TLS"), new Gateway("192.0.2.2", Priority: 2)] });
        await _bench.CallAsync();
        _bench.SentOne(TrunkBench.Second);
    }

    [Fact]
    public async Task A_call_is_known_as_ours_while_it_lives()
    {
        await _bench.UseAsync(TrunkBench.Trunk);
        var leg = await _bench.CallAsync();
        var invite = _bench.SentOne(TrunkBench.First);
        _bench.Table.IsOurs(invite.CallId).ShouldBeTrue();

        await _bench.OnLoopAsync(() => leg.HangUp(HangUpCause.Normal));
        _bench.Table.IsOurs(invite.CallId).ShouldBeFalse();
    }
}
