using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Sip.Locating;

/// <summary>From a URI to transport, address and port (RFC 3263 section 4), with a DNS server of the test's own.</summary>
public sealed class SipLocatorTests : IAsyncLifetime
{
    private readonly TestDnsServer _server = new();
    private readonly ManualTime _time = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("sip:a@192.0.2.1", "UDP 192.0.2.1:5060")]
    [InlineData("sip:a@192.0.2.1:5070", "UDP 192.0.2.1:5070")]
    [InlineData("sip:192.0.2.1;transport=tcp", "TCP 192.0.2.1:5060")]
    [InlineData("sips:192.0.2.1", "TLS 192.0.2.1:5061")]
    [InlineData("sips:192.0.2.1;transport=tcp", "TLS 192.0.2.1:5061")]
    [InlineData("sip:[2001:db8::1];transport=tls", "TLS [2001:db8::1]:5061")]
    [InlineData("sip:192.0.2.1;transport=sctp", "")]
    [InlineData("sip:192.0.2.1;transport=ws", "")]
    [InlineData("tel:+4711", "")]
    public async Task An_address_needs_no_question(string uri, string targets)
    {
        (await LocateAsync(uri)).ShouldBe(targets);
        _server.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_with_a_port_is_asked_for_its_addresses_only()
    {
        _server.Address("pbx.example.com", "192.0.2.1");
        _server.Address("pbx.example.com", "2001:db8::1");

        (await LocateAsync("sip:a@pbx.example.com:5070")).ShouldBe("UDP [2001:db8::1]:5070 pbx.example.com, UDP 192.0.2.1:5070 pbx.example.com");
        _server.Asked.ShouldBe(["udp AAAA pbx.example.com", "udp A pbx.example.com"]);
    }

    [Fact]
    public async Task NAPTR_chooses_the_transport_and_SRV_host_and_port()
    {
        _server.Pointer("example.com", 50, 50, "SIPS+D2T", "_sips._tcp.example.com");
        _server.Pointer("example.com", 90, 50, "SIP+D2T", "_sip._tcp.example.com");
        _server.Pointer("example.com", 100, 50, "SIP+D2U", "_sip._udp.example.com");
        _server.Pointer("example.com", 10, 10, "SIP+D2S", "_sip._sctp.example.com");
        _server.Service("_sips._tcp.example.com", 0, 1, 5062, "s1.example.com");
        _server.Service("_sip._tcp.example.com", 0, 1, 5060, "s2.example.com");
        _server.Service("_sip._udp.example.com", 1, 1, 5060, "s1.example.com");
        _server.Service("_sip._udp.example.com", 0, 1, 5064, "s2.example.com");
        _server.Address("s1.example.com", "192.0.2.1");
        _server.Address("s2.example.com", "192.0.2.2");

        (await LocateAsync("sip:a@example.com")).ShouldBe(
            "TLS 192.0.2.1:5062 example.com, TCP 192.0.2.2:5060 example.com, UDP 192.0.2.2:5064 example.com, UDP 192.0.2.1:5060 example.com");
        (await LocateAsync("sips:a@example.com")).ShouldBe("TLS 192.0.2.1:5062 example.com");
    }

    [Fact]
    public async Task Without_NAPTR_the_services_are_asked_for_one_by_one()
    {
        _server.Service("_sip._tcp.example.com", 0, 1, 5060, "s.example.com");
        _server.Address("s.example.com", "192.0.2.2");

        (await LocateAsync("sip:a@example.com")).ShouldBe("TCP 192.0.2.2:5060 example.com");
        _server.Asked.ShouldContain("udp SRV _sips._tcp.example.com");
    }

    [Fact]
    public async Task A_transport_parameter_leaves_SRV_for_that_transport()
    {
        _server.Service("_sip._tcp.example.com", 0, 1, 5066, "s.example.com");
        _server.Address("s.example.com", "192.0.2.2");

        (await LocateAsync("sip:a@example.com;transport=tcp")).ShouldBe("TCP 192.0.2.2:5066 example.com");
        _server.Asked.ShouldNotContain("udp NAPTR example.com");
    }

    [Fact]
    public async Task Without_SRV_the_name_itself_is_asked_for()
    {
        _server.Address("example.com", "192.0.2.3");

        (await LocateAsync("sip:a@example.com")).ShouldBe("UDP 192.0.2.3:5060 example.com");
        (await LocateAsync("sips:a@example.com")).ShouldBe("TLS 192.0.2.3:5061 example.com");
        (await LocateAsync("sip:a@example.com;transport=tcp")).ShouldBe("TCP 192.0.2.3:5060 example.com");
    }

    [Fact]
    public async Task A_service_that_is_decidedly_absent_is_not_used()
    {
        _server.Service("_sip._udp.example.com", 0, 0, 0, "");
        _server.Service("_sip._tcp.example.com", 0, 0, 5060, "s.example.com");
        _server.Address("s.example.com", "192.0.2.2");

        (await LocateAsync("sip:a@example.com")).ShouldBe("TCP 192.0.2.2:5060 example.com");
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_gives_nothing() => (await LocateAsync("sip:a@nowhere.example.com")).ShouldBe("");

    [Fact]
    public async Task Names_that_the_machine_knows_are_not_asked_for()
    {
        (await LocateAsync("sip:a@LOCALHOST:5080")).ShouldBe("UDP 127.0.0.1:5080 localhost");
        _server.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Aliases_are_followed_also_where_the_answer_stops_at_one_and_a_ring_of_them_ends()
    {
        _server.Alias("www.example.com", "other.example.com");
        _server.Address("other.example.com", "192.0.2.4");
        _server.Alias("a.example.com", "b.example.com");
        _server.Alias("b.example.com", "a.example.com");

        (await LocateAsync("sip:a@www.example.com:5060")).ShouldBe("UDP 192.0.2.4:5060 www.example.com");
        (await LocateAsync("sip:a@a.example.com:5060")).ShouldBe("");
    }

    [Fact]
    public async Task A_cut_off_answer_is_fetched_by_TCP()
    {
        _server.Truncates = true;
        _server.Address("example.com", "192.0.2.5");

        (await LocateAsync("sip:a@example.com:5060")).ShouldBe("UDP 192.0.2.5:5060 example.com");
        _server.Asked.ShouldContain("tcp A example.com");
    }

    [Fact]
    public async Task Forged_and_broken_answers_are_passed_over()
    {
        _server.IsForgedBefore = true;
        _server.Address("example.com", "192.0.2.6");

        (await LocateAsync("sip:a@example.com:5060")).ShouldBe("UDP 192.0.2.6:5060 example.com");
    }

    [Fact]
    public async Task An_answer_holds_as_long_as_it_says_and_absence_half_a_minute()
    {
        var dns = Dns(_server.EndPoint);
        _server.Address("example.com", "192.0.2.7");
        await dns.AskAsync("example.com", DnsType.A, default);
        await dns.AskAsync("EXAMPLE.com.", DnsType.A, default);
        await dns.AskAsync("example.com", DnsType.Srv, default);
        await dns.AskAsync("example.com", DnsType.Srv, default);
        _server.Asked.Count.ShouldBe(2);

        _time.SetNow(_time.GetUtcNow().AddSeconds(31));
        await dns.AskAsync("example.com", DnsType.A, default);
        _server.Asked.Count.ShouldBe(2);
        await dns.AskAsync("example.com", DnsType.Srv, default);
        _server.Asked.Count.ShouldBe(3);

        _time.SetNow(_time.GetUtcNow().AddSeconds(30));
        await dns.AskAsync("example.com", DnsType.A, default);
        _server.Asked.Count.ShouldBe(4);
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_fails_and_failure_is_not_remembered()
    {
        await using var failing = new TestDnsServer { Refusal = 2 };
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var closed = (IPEndPoint)nobody.LocalEndPoint!;
        nobody.Dispose();
        _server.Address("example.com", "192.0.2.8");

        (await Dns(failing.EndPoint, closed, _server.EndPoint).AskAsync("example.com", DnsType.A, default)).Records.Count.ShouldBe(1);

        var alone = Dns(failing.EndPoint);
        (await alone.AskAsync("example.com", DnsType.A, default)).ShouldBe(DnsAnswer.Unknown);
        failing.Address("example.com", "192.0.2.8");
        (await alone.AskAsync("example.com", DnsType.A, default)).Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_costs_its_time_only()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _server.Address("example.com", "192.0.2.9");
        var asking = Dns((IPEndPoint)silent.LocalEndPoint!, _server.EndPoint).AskAsync("example.com", DnsType.A, default);

        await silent.ReceiveAsync(new byte[512]);
        _time.SetNow(_time.GetUtcNow().AddSeconds(2));

        (await asking.WaitAsync(TimeSpan.FromSeconds(15))).Records.Count.ShouldBe(1);
    }

    [Fact]
    public void SRV_records_come_by_priority_and_among_equals_by_weight()
    {
        ServiceRecord[] records = [Record("late", 2, 0), Record("heavy", 1, 3), Record("light", 1, 1), Record("zero", 1, 0)];

        Names(records, _ => 0).ShouldBe("zero light heavy late");
        Names(records, most => most).ShouldBe("heavy light zero late");
        Names(records, most => Math.Min(1, most)).ShouldBe("light heavy zero late");

        var first = Enumerable.Range(0, 4_000).GroupBy(_ => ServiceOrder.Of(records, most => Random.Shared.Next(most + 1))[0].Target).ToDictionary(group => group.Key, group => group.Count());
        first["heavy"].ShouldBeGreaterThan(first["light"]);
    }

    [Fact]
    public void What_the_machine_is_told_is_read()
    {
        var names = SystemNames.Parse(
            ["# made by hand", "search example.com", "nameserver 192.0.2.53", "nameserver\t2001:db8::53 ; second", "nameserver none", "options edns0"],
            ["127.0.0.1 localhost", "::1\tlocalhost ip6-localhost", "192.0.2.1  pbx pbx.example.com # ours", "nonsense", ""]);

        names.Servers.ShouldBe([IPEndPoint.Parse("192.0.2.53:53"), IPEndPoint.Parse("[2001:db8::53]:53")]);
        names.Hosts["PBX.example.com"].ShouldBe([IPAddress.Parse("192.0.2.1")]);
        names.Hosts["localhost"].ShouldBe([IPAddress.Loopback, IPAddress.IPv6Loopback]);
        SystemNames.Parse([], []).Servers.ShouldBe([IPEndPoint.Parse("127.0.0.1:53")]);
    }

    private static ServiceRecord Record(string target, ushort priority, ushort weight) => new("s", TimeSpan.Zero, priority, weight, 5060, target);

    private static string Names(IEnumerable<ServiceRecord> records, Func<int, int> random) => string.Join(' ', ServiceOrder.Of(records, random).Select(record => record.Target));

    private DnsClient Dns(params IReadOnlyList<IPEndPoint> servers) => new(servers, _time, NullLogger.Instance);

    private async Task<string> LocateAsync(string uri)
    {
        SipUri.TryParse(Encoding.ASCII.GetBytes(uri), out var parsed, out var error).ShouldBeTrue(error);
        var hosts = SystemNames.Parse([], ["127.0.0.1 localhost"]).Hosts;
        var locator = new SipLocator(Dns(_server.EndPoint), hosts, new HashSet<string>(["UDP", "TCP", "TLS"]), [AddressFamily.InterNetworkV6, AddressFamily.InterNetwork], _ => 0);
        return string.Join(", ", (await locator.LocateAsync(parsed, default)).Select(target => $"{target.Protocol} {target.EndPoint} {target.Host}".TrimEnd()));
    }
}
