using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Session timers (RFC 4028), in both roles, on a clock that stands still.</summary>
public sealed class SessionTimerTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("Supported: timer\n", "1800;refresher=uac")]
    [InlineData("Supported: timer\nSession-Expires: 600\n", "600;refresher=uac")]
    [InlineData("Supported: timer\nSession-Expires: 600;refresher=uas\n", "600;refresher=uas")]
    [InlineData("Supported: timer\nx: 7200;refresher=uac\n", "1800;refresher=uac")]
    [InlineData("Supported: timer\nSession-Expires: 7200\nMin-SE: 3600\n", "3600;refresher=uac")]
    [InlineData("Session-Expires: 600\n", "600;refresher=uas")]
    [InlineData("Session-Expires: 30\n", null)]
    public async Task Who_refreshes_and_when_is_agreed_in_our_2xx(string asked, string? agreed)
    {
        await using var call = await DialogBench.CalledAsync(asked);
        await call.OnLoopAsync(() => call.Incoming.Answer("our answer"));

        var answer = call.NewResponse(200);
        answer.Headers[HeaderName.SessionExpires].ShouldBe(agreed);
        answer.Headers.Lists(HeaderName.Require, "timer").ShouldBe(agreed?.EndsWith("uac", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_session_that_the_other_side_does_not_refresh_is_ended_before_it_expires()
    {
        await using var call = await DialogBench.AnsweredAsync("Supported: timer\nSession-Expires: 600\n");
        await call.AdvanceAsync(567);
        call.News().ShouldBeEmpty();
        await call.AdvanceAsync(1.1);

        call.News().ShouldBe(["BYE"]);
        call.Call.Told.ShouldBe(["ended the session was not refreshed in time (RFC 4028)"]);
    }

    [Fact]
    public async Task A_refresh_of_the_other_side_by_UPDATE_or_INVITE_keeps_it_alive()
    {
        await using var call = await DialogBench.AnsweredAsync("Supported: timer\nSession-Expires: 600\n");
        await call.AdvanceAsync(300);
        await call.RequestAsync("UPDATE", "Supported: timer\nSession-Expires: 600;refresher=uac\n");
        call.NewResponse(200).Headers[HeaderName.SessionExpires].ShouldBe("600;refresher=uac");
        await call.AdvanceAsync(300);
        await call.RequestAsync("INVITE", "Supported: timer\nSession-Expires: 600;refresher=uac\n", "same");
        await call.RequestAsync("ACK", cSeq: 3);
        call.News().ShouldBe(["200 INVITE"]);
        await call.AdvanceAsync(560);

        call.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task We_refresh_at_half_the_interval_by_UPDATE_where_the_other_side_allows_it()
    {
        await using var call = await DialogBench.ConnectedAsync("Allow: INVITE, ACK, BYE, UPDATE\nSession-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(299.9);
        call.News().ShouldBeEmpty();
        await call.AdvanceAsync(0.2);
        var update = call.NewRequest("UPDATE");
        (update.Headers[HeaderName.SessionExpires], update.Body.IsEmpty).ShouldBe(("600;refresher=uac", true));

        await call.RespondAsync(update, 200, "Session-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(299);
        call.News().ShouldBeEmpty();
        await call.AdvanceAsync(1.2);
        call.NewRequest("UPDATE");
    }

    [Fact]
    public async Task We_refresh_by_INVITE_with_the_same_offer_where_UPDATE_is_not_known()
    {
        await using var call = await DialogBench.ConnectedAsync("Session-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(300.1);

        var invite = call.NewRequest("INVITE");

        (DialogBench.BodyOf(invite), invite.Headers[HeaderName.SessionExpires]).ShouldBe(("our offer", "600;refresher=uac"));
    }

    [Fact]
    public async Task An_UPDATE_that_is_refused_as_unknown_is_followed_by_an_INVITE()
    {
        await using var call = await DialogBench.ConnectedAsync("Allow: UPDATE\nSession-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(300.1);
        await call.RespondAsync(call.NewRequest("UPDATE"), 405);

        call.News().ShouldBe(["INVITE"]);
    }

    [Fact]
    public async Task A_refresh_that_is_refused_lets_the_session_expire()
    {
        await using var call = await DialogBench.ConnectedAsync("Allow: UPDATE\nSession-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(300.1);
        await call.RespondAsync(call.NewRequest("UPDATE"), 403);
        await call.AdvanceAsync(268.1);

        call.News().ShouldBe(["BYE"]);
    }

    [Fact]
    public async Task Without_a_word_of_it_in_the_2xx_the_session_never_expires()
    {
        await using var call = await DialogBench.ConnectedAsync();
        await call.AdvanceAsync(20_000);

        call.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_422_to_our_refresh_raises_the_interval()
    {
        await using var call = await DialogBench.ConnectedAsync("Allow: UPDATE\nSession-Expires: 600;refresher=uac\n");
        await call.AdvanceAsync(300.1);
        await call.RespondAsync(call.NewRequest("UPDATE"), 422, "Min-SE: 900\n");

        var again = call.NewRequest("UPDATE");

        (again.Headers[HeaderName.SessionExpires], again.Headers[HeaderName.MinSe]).ShouldBe(("900;refresher=uac", "900"));
    }

    [Fact]
    public async Task An_interval_below_90_s_is_refused_by_422_within_the_call_too()
    {
        await using var call = await DialogBench.AnsweredAsync("Supported: timer\n");
        await call.RequestAsync("UPDATE", "Supported: timer\nSession-Expires: 89\n");
        call.NewResponse(422).Headers[HeaderName.MinSe].ShouldBe("90");
        await call.RequestAsync("INVITE", "Supported: timer\nSession-Expires: 89\n", "hold");
        call.NewResponse(422).Headers[HeaderName.MinSe].ShouldBe("90");
    }

    [Fact]
    public async Task A_call_that_has_ended_is_not_refreshed()
    {
        await using var call = await DialogBench.ConnectedAsync("Session-Expires: 600;refresher=uac\n");
        await call.RequestAsync("BYE", cSeq: 1);
        call.News().ShouldBe(["200 BYE"]);
        await call.AdvanceAsync(20_000);

        call.News().ShouldBeEmpty();
    }
}
