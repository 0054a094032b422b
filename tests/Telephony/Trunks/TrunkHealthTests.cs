using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Gateways asked by OPTIONS, on a clock that stands still.</summary>
public sealed class TrunkHealthTests : IAsyncLifetime
{
    private static readonly Trunk Probed = TrunkBench.Trunk with { Gateways = [new Gateway("192.0.2.1")], ProbeInterval = TimeSpan.FromSeconds(30) };

    private readonly TrunkBench _bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(500)]
    public async Task A_gateway_that_answers_anything_but_408_and_503_is_up_and_asked_again_after_the_interval(int status)
    {
        await _bench.UseAsync(Probed);
        var options = _bench.SentOne(TrunkBench.First);
        (options.Method, options.Uri.ToString(), options.Headers[HeaderName.Accept]).ShouldBe(("OPTIONS", "sip:192.0.2.1:5060", "application/sdp"));
        await _bench.AnswerAsync(options, status);

        _bench.Told().ShouldBe([new TrunkUp("provider")]);
        _bench.Status[0].Gateways[0].ShouldSatisfyAllConditions(gateway => gateway.IsUp.ShouldBeTrue(), gateway => gateway.Detail.ShouldBe($"{status} Because"));
        await _bench.AdvanceAsync(29.9);
        _bench.Sent().ShouldBeEmpty();
        await _bench.AdvanceAsync(0.1);
        _bench.SentOne(TrunkBench.First).CSeq.Number.ShouldBe(2u);
        _bench.Told().ShouldBeEmpty("nothing has changed");
    }

    [Fact]
    public async Task It_takes_two_failures_to_go_down_and_two_answers_to_come_up()
    {
        await _bench.UseAsync(Probed);
        await AnswerNextAsync(200);
        await AnswerNextAsync(503);
        await AnswerNextAsync(200);
        await AnswerNextAsync(408);
        _bench.Told().ShouldBe([new TrunkUp("provider")]);

        await AnswerNextAsync(503);
        _bench.Told().ShouldBe([new TrunkDown("provider", "UDP 192.0.2.1:5060: 503 Because")]);
        var leg = await _bench.CallAsync();
        _bench.Told().ShouldBe([new LegEnded(leg.Id, LegEndReason.Unreachable, null, "no gateway of trunk provider is up")]);

        await AnswerNextAsync(200);
        _bench.Told().ShouldBeEmpty();
        await AnswerNextAsync(200);
        _bench.Told().ShouldBe([new TrunkUp("provider")]);
    }

    [Fact]
    public async Task Silence_counts_after_the_patience_and_a_late_answer_does_not()
    {
        await _bench.UseAsync(Probed);
        await _bench.AdvanceAsync(4);
        var late = _bench.Sent()[0].Request;
        _bench.Status[0].Gateways[0].Detail.ShouldBe("no response");
        await _bench.AnswerAsync(late, 200);
        _bench.Told().ShouldBeEmpty();

        await _bench.AdvanceAsync(34);
        _bench.Told().ShouldBe([new TrunkDown("provider", "UDP 192.0.2.1:5060: no response")]);
    }

    [Fact]
    public async Task A_gateways_name_is_resolved_and_its_next_place_taken_after_a_failure()
    {
        _bench.Resolve(new SipTarget("UDP", TrunkBench.First), new SipTarget("UDP", TrunkBench.Second));
        await _bench.UseAsync(Probed with { Gateways = [new Gateway("gw.example", Port: 0)] });
        var first = _bench.SentOne(TrunkBench.First);
        first.Uri.ToString().ShouldBe("sip:gw.example");
        await _bench.AnswerAsync(first, 503);

        await _bench.AdvanceAsync(30);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.Second), 200);
        await _bench.CallAsync();
        _bench.SentOne(TrunkBench.Second).Uri.ToString().ShouldBe("sip:030123@gw.example");
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_down_until_it_leads_somewhere()
    {
        await _bench.UseAsync(Probed with { Gateways = [new Gateway("gw.example")] });
        await _bench.AdvanceAsync(30);
        _bench.Told().ShouldHaveSingleItem().ShouldBeOfType<TrunkDown>();
        _bench.Sent().ShouldBeEmpty();

        _bench.Resolve(new SipTarget("UDP", TrunkBench.First));
        await _bench.AdvanceAsync(30);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 200);
        await _bench.AdvanceAsync(30);
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 200);
        _bench.Told().ShouldBe([new TrunkUp("provider")]);
    }

    [Fact]
    public async Task Calls_that_fail_count_too()
    {
        await _bench.UseAsync(Probed);
        await AnswerNextAsync(200);
        _bench.Told();
        await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 503);
        await _bench.CallAsync();
        await _bench.AnswerAsync(_bench.SentOne(TrunkBench.First), 503);

        _bench.Told().ShouldContain(new TrunkDown("provider", "UDP 192.0.2.1:5060: 503 Because to an INVITE"));
    }

    [Fact]
    public async Task A_trunk_that_did_not_change_goes_on_and_one_that_is_gone_is_asked_no_more()
    {
        var other = Probed with { Name = "other", Gateways = [new Gateway("192.0.2.2")] };
        await _bench.UseAsync(Probed, other);
        _bench.Sent().Count.ShouldBe(2);

        await _bench.UseAsync(Probed with { Gateways = [new Gateway("192.0.2.1")] });
        await _bench.AdvanceAsync(34);

        _bench.Sent().Where(item => item.To.Equals(TrunkBench.Second)).ShouldBeEmpty();
        _bench.Status.ShouldHaveSingleItem().Gateways[0].Detail.ShouldBe("no response");
    }

    private async Task AnswerNextAsync(int status)
    {
        var sent = _bench.Sent();
        if (sent.Count == 0)
        {
            await _bench.AdvanceAsync(30);
            sent = _bench.Sent();
        }

        await _bench.AnswerAsync(sent.Last(item => item.Request.Method == "OPTIONS").Request, status);
    }
}
