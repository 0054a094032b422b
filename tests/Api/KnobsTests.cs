using System.Net;
using System.Net.Mail;

using CallCenter.Api.Configuration;
using CallCenter.Telephony;

namespace CallCenter.Api.Tests;

public sealed class KnobsTests
{
    [Fact]
    public void Without_a_setting_the_defaults_hold() => Read().ShouldBe(new Knobs(
        IPAddress.Loopback, 8080, 5060, new PortRange(20000, 29999), Path.GetFullPath(".data"), Path.GetFullPath(".data/keys"), Path.GetFullPath(".data/trail"), Database: null, AdminPassword: null, Sample: true, ArchivePartitions: false, Knobs.DigestOrders["sha-256,md5"],
        RecordingFolder: Path.GetFullPath(".data/recordings")));

    [Fact]
    public void Every_setting_is_read() => Read(
            ("CALLCENTER_BIND", "::1"), ("CALLCENTER_HTTP_PORT", "0"), ("CALLCENTER_SIP_PORT", "5070"), ("CALLCENTER_RTP_PORTS", "30000-30099"),
            ("CALLCENTER_DATA", "/tmp/x"), ("CALLCENTER_KEYS", "/tmp/k"), ("CALLCENTER_TRAIL", "/tmp/y"), ("CALLCENTER_DATABASE", "Host=db"), ("CALLCENTER_ADMIN_PASSWORD", "secret"), ("CALLCENTER_SAMPLE", "off"), ("CALLCENTER_ARCHIVE_PARTITIONS", "on"), ("CALLCENTER_SIP_DIGEST", "MD5"),
            ("CALLCENTER_RECORDINGS", "/tmp/r"), ("CALLCENTER_SMTP", "mail.example:25"), ("CALLCENTER_MAIL_FROM", "center@center.example"),
            ("CALLCENTER_PARK_SECONDS", "45"), ("CALLCENTER_CONFERENCE_PARTIES", "5"), ("CALLCENTER_SHOW_SUPERVISION", "on"))
        .ShouldBe(new Knobs(IPAddress.IPv6Loopback, 0, 5070, new PortRange(30000, 30099), "/tmp/x", "/tmp/k", "/tmp/y", "Host=db", "secret", Sample: false, ArchivePartitions: true, Knobs.DigestOrders["md5"], SipsPort: 5071,
            RecordingFolder: "/tmp/r", Smtp: new DnsEndPoint("mail.example", 25), MailFrom: new MailAddress("center@center.example"), ParkSeconds: 45, ConferenceParties: 5, ShowsSupervision: true));

    [Theory]
    [InlineData("CALLCENTER_PARK_SECONDS", "4", "5 to 3600")]
    [InlineData("CALLCENTER_CONFERENCE_PARTIES", "17", "3 to 16")]
    [InlineData("CALLCENTER_CONFERENCE_PARTIES", "2", "3 to 16")]
    [InlineData("CALLCENTER_SHOW_SUPERVISION", "yes", "on or off")]
    public void What_agents_may_is_set_within_bounds(string name, string value, string wanted) =>
        Should.Throw<KnobException>(() => Read((name, value))).Message.ShouldContain(wanted);

    [Fact]
    public void Two_addresses_are_one_of_each_family()
    {
        var knobs = Read(("CALLCENTER_BIND", "192.0.2.1, 2001:db8::1"));
        (knobs.Bind, knobs.BindAlso).ShouldBe((IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")));
    }

    [Theory]
    [InlineData("5060", null, 5061)]
    [InlineData("5070", null, 5071)]
    [InlineData("0", null, 0)]
    [InlineData("65535", null, 0)]
    [InlineData("5060", "5081", 5081)]
    public void The_port_of_TLS_follows_that_of_SIP_unless_it_is_set(string sip, string? sips, int port) =>
        Read(("CALLCENTER_SIP_PORT", sip), ("CALLCENTER_SIPS_PORT", sips ?? "")).SipsPort.ShouldBe(port);

    [Fact]
    public void A_certificate_and_its_key_go_together()
    {
        var knobs = Read(("CALLCENTER_TLS_CERTIFICATE", "/etc/c.pem"), ("CALLCENTER_TLS_KEY", "/etc/k.pem"));
        (knobs.TlsCertificate, knobs.TlsKey).ShouldBe(("/etc/c.pem", "/etc/k.pem"));
        Should.Throw<KnobException>(() => Read(("CALLCENTER_TLS_KEY", "/etc/k.pem"))).Message.ShouldContain("CALLCENTER_TLS_CERTIFICATE");
    }

    [Theory]
    [InlineData("mail.example:25", "mail.example", 25)]
    [InlineData("127.0.0.1:2525", "127.0.0.1", 2525)]
    [InlineData("[::1]:2525", "::1", 2525)]
    public void The_mail_server_is_a_host_and_a_port(string text, string host, int port) =>
        Read(("CALLCENTER_SMTP", text), ("CALLCENTER_MAIL_FROM", "center@center.example")).Smtp.ShouldBe(new DnsEndPoint(host, port));

    [Theory]
    [InlineData("mail.example", "center@center.example", "CALLCENTER_SMTP must be")]
    [InlineData("mail.example:0", "center@center.example", "CALLCENTER_SMTP must be")]
    [InlineData("mail.example:25", "center", "CALLCENTER_MAIL_FROM must be")]
    [InlineData("mail.example:25", "", "CALLCENTER_SMTP and CALLCENTER_MAIL_FROM go together")]
    public void A_mail_server_that_makes_no_sense_is_named(string smtp, string from, string message) =>
        Should.Throw<KnobException>(() => Read(("CALLCENTER_SMTP", smtp), ("CALLCENTER_MAIL_FROM", from))).Message.ShouldStartWith(message);

    [Fact]
    public void The_keys_lie_with_the_data_unless_told_otherwise() => Read(("CALLCENTER_DATA", "/tmp/x")).KeyFolder.ShouldBe("/tmp/x/keys");

    [Fact]
    public void An_empty_setting_is_none() => Read(("CALLCENTER_HTTP_PORT", ""), ("CALLCENTER_DATABASE", "")).ShouldBe(Read());

    [Theory]
    [InlineData("CALLCENTER_BIND", "localhost")]
    [InlineData("CALLCENTER_BIND", "127.0.0.1,127.0.0.2")]
    [InlineData("CALLCENTER_BIND", "127.0.0.1,::1,::2")]
    [InlineData("CALLCENTER_SIPS_PORT", "tls")]
    [InlineData("CALLCENTER_HTTP_PORT", "http")]
    [InlineData("CALLCENTER_HTTP_PORT", "65536")]
    [InlineData("CALLCENTER_SIP_PORT", "-1")]
    [InlineData("CALLCENTER_RTP_PORTS", "20000")]
    [InlineData("CALLCENTER_RTP_PORTS", "20000-19999")]
    [InlineData("CALLCENTER_RTP_PORTS", "80-90")]
    [InlineData("CALLCENTER_SAMPLE", "yes")]
    [InlineData("CALLCENTER_ARCHIVE_PARTITIONS", "1")]
    [InlineData("CALLCENTER_SIP_DIGEST", "sha-512")]
    [InlineData("CALLCENTER_SIP_DIGEST", "md5,md5")]
    public void A_bad_value_is_named_with_its_variable(string name, string value)
    {
        var message = Should.Throw<KnobException>(() => Read((name, value))).Message;
        message.ShouldStartWith(name);
        message.ShouldContain($"\"{value}\"");
    }

    [Fact]
    public void What_is_told_of_a_start_has_no_secret_in_it()
    {
        var set = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CALLCENTER_HTTP_PORT"] = "8090", ["CALLCENTER_ADMIN_PASSWORD"] = "hunter2", ["CALLCENTER_SMTP_PASSWORD"] = "hunter2", ["CALLCENTER_DATABASE"] = "Host=db;Username=center;Password=hunter2",
        };
        var told = Knobs.Tell(set.GetValueOrDefault);
        told.Keys.ShouldBe(Knobs.All.Select(knob => knob.Name), ignoreOrder: true);
        told.Values.ShouldAllBe(value => !value.Contains("hunter2", StringComparison.Ordinal));
        (told["CALLCENTER_HTTP_PORT"], told["CALLCENTER_SIP_PORT"], told["CALLCENTER_ADMIN_PASSWORD"], told["CALLCENTER_DATABASE"]).ShouldBe(("8090", "5060", "(set)", "Host=db;Username=center"));
    }

    private static Knobs Read(params (string Name, string Value)[] set) =>
        Knobs.Read(name => set.Where(s => string.Equals(s.Name, name, StringComparison.Ordinal)).Select(s => s.Value).FirstOrDefault());
}
