using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

public class BlockingTests
{
    private const string FromScanner = "User-Agent: friendly-scanner\n";

    [Fact]
    public async Task Who_says_that_it_scans_gets_no_answer_and_is_blocked_at_once()
    {
        await using var bench = new GuardBench();

        await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner));
        await bench.ReceiveAsync(bench.Request("OPTIONS"));

        bench.News().ShouldBeEmpty();
        var block = bench.Blocked.ShouldHaveSingleItem();
        block.Source.ToString().ShouldBe("198.51.100.7");
        block.Reason.ShouldBe("friendly-scanner");
        block.Until.ShouldBe(bench.Time.GetUtcNow() + TimeSpan.FromMinutes(5));
        bench.Guard.Listens(GuardBench.Stranger).ShouldBeFalse();
    }

    [Fact]
    public async Task A_block_ends_by_itself_and_the_next_is_twice_as_long()
    {
        await using var bench = new GuardBench();
        await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner));

        await bench.AdvanceAsync(TimeSpan.FromMinutes(5));
        bench.Expired.ShouldHaveSingleItem();
        bench.Guard.Listens(GuardBench.Stranger).ShouldBeTrue();

        await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner));
        bench.Blocked[1].Until.ShouldBe(bench.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void Blocks_double_to_a_day()
    {
        Enumerable.Range(1, 12).Select(strikes => Offence.BlockLength(strikes).TotalMinutes)
            .ShouldBe([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]);
    }

    [Fact]
    public async Task Ten_wrong_passwords_at_a_stretch_block()
    {
        await using var bench = new GuardBench();

        var tries = 0;
        while (bench.Blocked.Count == 0)
        {
            await bench.ProveAsync("REGISTER", "wrong", extra: "Contact: <sip:2001@198.51.100.7>\n");
            (++tries).ShouldBeLessThanOrEqualTo(10);
        }

        // Each try costs a challenge and a wrong answer: 1 + 3 points.
        tries.ShouldBe(8);
        bench.Blocked[0].Reason.ShouldBe("wrong passwords");
    }

    [Fact]
    public async Task A_phone_that_tries_a_wrong_password_every_minute_is_not_blocked()
    {
        await using var bench = new GuardBench();

        for (var i = 0; i < 60; i++)
        {
            (await bench.ProveAsync("REGISTER", "wrong", extra: "Contact: <sip:2001@198.51.100.7>\n")).ShouldBe(401);
            await bench.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        bench.Blocked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("REGISTER")]
    [InlineData("INVITE")]
    public async Task Known_and_unknown_users_can_be_tried_equally_often_before_the_block(string method)
    {
        async Task<int> TriesAsync(string user)
        {
            await using var bench = new GuardBench();
            for (var tries = 0; ; tries++)
            {
                if (bench.Blocked.Count > 0)
                {
                    return tries;
                }

                await bench.ReceiveAsync(bench.Request(method, user));
            }
        }

        (await TriesAsync("2001")).ShouldBe(30);
        (await TriesAsync("9999")).ShouldBe(30);
    }

    [Fact]
    public async Task Malformed_messages_block()
    {
        await using var bench = new GuardBench();

        for (var i = 0; i < 10; i++)
        {
            await bench.ReceiveAsync("INVITE\n\n");
        }

        bench.Blocked.ShouldHaveSingleItem().Reason.ShouldBe("malformed messages");
    }

    [Fact]
    public async Task Neither_a_trunk_nor_where_a_phone_is_registered_can_be_made_to_be_blocked()
    {
        await using var bench = new GuardBench();
        (await bench.ProveAsync("REGISTER", "secret", extra: "Contact: <sip:2001@198.51.100.7>\nExpires: 3600\n")).ShouldBe(200);

        foreach (var forged in (IPAddress[])[GuardBench.TrunkAddress, GuardBench.Stranger])
        {
            for (var i = 0; i < 50; i++)
            {
                await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner), forged);
                await bench.ReceiveAsync("INVITE\n\n", forged);
                await bench.ProveAsync("REGISTER", "wrong", forged, "Contact: <sip:2001@198.51.100.7>\n");
            }
        }

        bench.Blocked.ShouldBeEmpty();

        // The binding lapses; for a day its address is still no stranger's.
        await bench.AdvanceAsync(TimeSpan.FromHours(2));
        await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner));
        bench.Blocked.ShouldBeEmpty();
        await bench.AdvanceAsync(TimeSpan.FromHours(24));
        await bench.ReceiveAsync(bench.Request("OPTIONS", extra: FromScanner));
        bench.Blocked.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_proved_password_clears_what_went_before()
    {
        await using var bench = new GuardBench();
        for (var i = 0; i < 7; i++)
        {
            await bench.ProveAsync("INVITE", "wrong");
        }

        (await bench.ProveAsync("INVITE", "secret")).ShouldBe(0);

        bench.Calls.ShouldHaveSingleItem();
        await bench.ReceiveAsync("INVITE\n\n");
        bench.Blocked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_address_of_a_64_network_is_one_source()
    {
        await using var bench = new GuardBench();

        for (var i = 1; i <= 10; i++)
        {
            await bench.ReceiveAsync("INVITE\n\n", IPAddress.Parse($"2001:db8:1:2::{i:x}"));
        }

        bench.Blocked.ShouldHaveSingleItem().Source.ToString().ShouldBe("2001:db8:1:2::/64");
        bench.Guard.Listens(IPAddress.Parse("2001:db8:1:2:ffff::1")).ShouldBeFalse();
        bench.Guard.Listens(IPAddress.Parse("2001:db8:1:3::1")).ShouldBeTrue();
    }

    [Fact]
    public async Task Forged_sources_fill_neither_the_table_nor_the_list_of_blocks()
    {
        await using var bench = new GuardBench();
        var scan = GuardBench.Wire(bench.Request("OPTIONS", extra: FromScanner));

        for (var i = 0; i < 30_000; i++)
        {
            bench.Hand(scan, new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        }

        await bench.SettleAsync();
        bench.Guard.Sources.ShouldBe(SourceTable.Capacity);
        bench.Blocked.Count.ShouldBe(100);

        // A phone finds its way in all the same.
        (await bench.ProveAsync("REGISTER", "secret", extra: "Contact: <sip:2001@198.51.100.7>\n")).ShouldBe(200);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::5", "2001:db8::/64")]
    [InlineData("2001:db8::/64", "2001:db8::/64")]
    public void A_source_is_written_and_read_alike(string text, string written)
    {
        SourceKey.TryParse(text, out var key).ShouldBeTrue();
        key.ToString().ShouldBe(written);
        SourceKey.TryParse(written, out var again).ShouldBeTrue();
        again.ShouldBe(key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("192.0.2.1/64")]
    [InlineData("192.0.2.0/24")]
    [InlineData("example.com")]
    public void What_is_no_address_is_no_source(string text) => SourceKey.TryParse(text, out _).ShouldBeFalse();
}
