using System.Net;
using System.Text;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Ladders;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Telephony.Sip;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class LadderTests(PostgresFixture postgres)
{
    private const string Number = "+49305550001";
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.4"), 5061);

    [Fact]
    public async Task The_messages_of_a_call_are_shown_to_whoever_examines_and_in_no_table_in_plain()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var call = await CallAsync(api);
        (await api.Center.Ladders.KeepAsync([Ladder(call)], default)).ShouldBeEmpty();

        await api.SignInAsync(Role.Analyst);
        var entries = (await AskAsync(api, call)).EnumerateArray().ToList();
        entries.ConvertAll(e => $"{e.GetProperty("direction")} {e.GetProperty("transport")} {e.GetProperty("peer")} {e.GetProperty("startLine")}")
            .ShouldBe(["IN UDP 192.0.2.4:5061 INVITE sip:1000@h SIP/2.0", "OUT UDP 192.0.2.4:5061 SIP/2.0 200 OK"]);
        (await api.Center.Source.TablesWithAsync("305550001")).ShouldBeEmpty();

        await api.SignInAsync(Role.Supervisor);
        (await api.ErrorAsync($"{{ call(id: \"{call}\") {{ sipLadder {{ message }} }} }}")).Code.ShouldBe("FORBIDDEN");
    }

    [Fact]
    public async Task Secrets_are_struck_out()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var call = await CallAsync(api);
        await api.Center.Ladders.KeepAsync([Ladder(call)], default);

        var message = (await api.Center.Ladders.FindAsync(call, default))![0].Message;
        message.ShouldContain("Authorization: Digest username=\"2001\", response=\"(removed)\", nc=00000001");
        message.ShouldContain("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(removed)|2^20|1:32");
        message.ShouldNotContain("6629fae4");
        message.ShouldNotContain("d0RmdmcmV");
    }

    [Theory]
    [InlineData("INFO sip:h SIP/2.0\nContent-Type: application/dtmf-relay\nContent-Length: 24\n\nSignal=4\nDuration=160\n", "Signal=(removed)\r\nDuration=160")]
    [InlineData("INFO sip:h SIP/2.0\nContent-Type: application/dtmf\nContent-Length: 1\n\n4", "Content-Length: 1\r\n\r\n(removed)")]
    public void Keys_pressed_are_struck_out(string message, string kept)
    {
        var stored = StoredLadderEntry.Of(Entry(Nine, isSent: false, message)).Message;
        stored.ShouldEndWith(kept.EndsWith("160", StringComparison.Ordinal) ? $"{kept}\r\n" : kept);
        stored.ShouldNotContain("=4");
    }

    [Fact]
    public async Task Who_forgets_the_caller_forgets_them()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var call = await CallAsync(api);
        await api.Center.Ladders.KeepAsync([Ladder(call)], default);
        await api.Center.Persons.ForgetAsync(PersonalKinds.Number, Number);

        (await api.Center.Ladders.FindAsync(call, default)).ShouldBeNull();
        await api.SignInAsync();
        (await AskAsync(api, call)).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task Those_of_a_call_that_is_not_recorded_yet_wait_and_old_ones_are_deleted()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var early = Ladder(Guid.CreateVersion7());
        (await api.Center.Ladders.KeepAsync([early], default)).ShouldBe([early]);

        var call = await CallAsync(api);
        await api.Center.Ladders.KeepAsync([Ladder(call)], default);
        (await api.Center.Ladders.DeleteBeforeAsync(Nine, default)).ShouldBe(0);
        (await api.Center.Ladders.DeleteBeforeAsync(Nine.AddMinutes(1), default)).ShouldBe(1);
        (await api.Center.Ladders.FindAsync(call, default)).ShouldBeNull();
    }

    [Fact]
    public void They_are_printed_as_arrows() => LadderVerb.Lines([.. Ladder(Guid.NewGuid()).Entries.Select(StoredLadderEntry.Of)], whole: false).ShouldBe(
    [
        "09:00:00.000  UDP 192.0.2.4:5061  ---->  INVITE sip:1000@h SIP/2.0",
        "09:00:00.250  UDP 192.0.2.4:5061  <----  SIP/2.0 200 OK",
    ]);

    [Fact]
    public async Task Figures_are_null_without_telephony()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);
        (await api.DataAsync("{ telephony { malformed requests { name } } }")).GetProperty("telephony").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    private static SipLadder Ladder(Guid call) => new(
        call,
        [
            Entry(Nine, isSent: false, $"""
                INVITE sip:1000@h SIP/2.0
                From: <sip:{Number}@h>
                Authorization: Digest username="2001", response="6629fae49393a05397450978507c4ef1", nc=00000001

                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32
                """),
            Entry(Nine.AddMilliseconds(250), isSent: true, "SIP/2.0 200 OK\n\n"),
        ],
        LeftOut: 0);

    private static LadderEntry Entry(DateTimeOffset at, bool isSent, string text) => new(at, isSent, "UDP", Peer, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    private static async Task<Guid> CallAsync(ApiHarness api)
    {
        var call = Guid.CreateVersion7();
        await api.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, Number, "1000", Nine, "sip-1"), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Failed, Nine));
        return call;
    }

    private static async Task<System.Text.Json.JsonElement> AskAsync(ApiHarness api, Guid call) =>
        (await api.DataAsync($"{{ call(id: \"{call}\") {{ sipLadder {{ at direction peer transport startLine message }} }} }}")).GetProperty("call").GetProperty("sipLadder");
}
