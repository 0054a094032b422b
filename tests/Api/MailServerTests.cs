using System.Net;

using CallCenter.Api.Configuration;
using CallCenter.Api.Mail;
using CallCenter.Driving;
using CallCenter.Testing;

using MailKit.Security;

using MimeKit;

namespace CallCenter.Api.Tests;

/// <summary>Mail over TLS and signed in, to the real mail server chasquid, which takes no password in the open.</summary>
public sealed class MailServerTests : IAsyncLifetime
{
    private const string Password = "no one shall read this";
    private readonly TemporaryFolder _folder = new();
    private readonly Chasquid _mail = new();

    [Theory]
    [InlineData(SecureSocketOptions.StartTls)]
    [InlineData(SecureSocketOptions.SslOnConnect)]
    public async Task Who_signs_in_over_a_proved_connection_may_send(SecureSocketOptions security)
    {
        var file = Path.Combine(_folder.Path, "sound.wav");
        await File.WriteAllBytesAsync(file, [1, 2, 3, 4]);
        await Server(security, new MailAccess(security, _mail.CertificateFile, "center@mail.test", Password))
            .SendAsync(new OutgoingMail(Guid.CreateVersion7(), "Grüße from 4930", "Ein Satz.", new MailAttachment(file, "message.wav", "audio/wav")), "ann@mail.test", default);
        var mail = await _mail.MailAsync();
        mail.ShouldContain("To: ann@mail.test");
        mail.ShouldContain("Auto-Submitted: auto-generated");
        Chasquid.AttachmentOf(mail).ShouldBe([1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(SecureSocketOptions.StartTls)]
    [InlineData(SecureSocketOptions.SslOnConnect)]
    public async Task A_server_that_nobody_vouches_for_gets_no_password_and_no_mail(SecureSocketOptions security)
    {
        var refusal = await RefusedAsync(Server(security, new MailAccess(security, User: "center@mail.test", Password: Password)));
        refusal.IsForGood.ShouldBeFalse();
        refusal.Message.ShouldNotContain(Password);
        _mail.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_of_another_host_proves_nothing()
    {
        var access = new MailAccess(SecureSocketOptions.StartTls, _mail.CertificateFile, "center@mail.test", Password);
        (await RefusedAsync(new MailServer(new DnsEndPoint("localhost", _mail.SubmissionPort), From, access, TimeProvider.System))).IsForGood.ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_password_is_tried_again_and_one_that_was_mended_in_its_file_holds_at_once()
    {
        var secret = Path.Combine(_folder.Path, "secret");
        await File.WriteAllTextAsync(secret, "wrong\n");
        var server = Server(SecureSocketOptions.StartTls, new MailAccess(SecureSocketOptions.StartTls, _mail.CertificateFile, "center@mail.test", PasswordFile: secret));
        (await RefusedAsync(server)).IsForGood.ShouldBeFalse();
        await File.WriteAllTextAsync(secret, $"{Password}\n");
        await server.SendAsync(Plain(), "ann@mail.test", default);
        await _mail.MailAsync();
    }

    [Fact]
    public async Task A_server_that_is_reached_the_wrong_way_says_so()
    {
        var refusal = await RefusedAsync(Server(SecureSocketOptions.StartTls, new MailAccess(SecureSocketOptions.SslOnConnect, _mail.CertificateFile)));
        refusal.IsForGood.ShouldBeFalse();
        refusal = await RefusedAsync(Server(SecureSocketOptions.StartTls, new MailAccess()));
        refusal.Message.ShouldContain("authenticat");
    }

    [Theory]
    [InlineData("CALLCENTER_SMTP_TLS=ssl", "CALLCENTER_SMTP_TLS must be off, starttls or tls")]
    [InlineData("CALLCENTER_SMTP_TLS=tls CALLCENTER_SMTP_USER=center", "CALLCENTER_SMTP_USER goes with either")]
    [InlineData("CALLCENTER_SMTP_TLS=tls CALLCENTER_SMTP_PASSWORD=x", "CALLCENTER_SMTP_USER goes with either")]
    [InlineData("CALLCENTER_SMTP_TLS=tls CALLCENTER_SMTP_USER=center CALLCENTER_SMTP_PASSWORD=x CALLCENTER_SMTP_PASSWORD_FILE=y", "CALLCENTER_SMTP_USER goes with either")]
    [InlineData("CALLCENTER_SMTP_USER=center CALLCENTER_SMTP_PASSWORD=x", "CALLCENTER_SMTP_USER needs CALLCENTER_SMTP_TLS")]
    [InlineData("CALLCENTER_SMTP_CA=/no/such/file", "CALLCENTER_SMTP_CA must be a PEM file")]
    public void What_makes_no_sense_is_named(string set, string message)
    {
        var knobs = set.Split(' ').Select(knob => knob.Split('=')).ToDictionary(knob => knob[0], knob => knob[1], StringComparer.Ordinal);
        Should.Throw<KnobException>(() => MailAccess.Read(knobs.GetValueOrDefault)).Message.ShouldStartWith(message);
    }

    [Fact]
    public void A_password_is_not_written_down_with_the_rest() =>
        $"{new MailAccess(SecureSocketOptions.StartTls, User: "center", Password: Password)}".ShouldNotContain(Password);

    public async Task InitializeAsync()
    {
        await _mail.LetInAsync("center", Password);
        await _mail.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _mail.DisposeAsync();
        _folder.Dispose();
    }

    private static MailboxAddress From { get; } = MailboxAddress.Parse("center@mail.test");

    private MailServer Server(SecureSocketOptions port, MailAccess access) =>
        new(new DnsEndPoint("127.0.0.1", port == SecureSocketOptions.StartTls ? _mail.SubmissionPort : _mail.TlsPort), From, access, TimeProvider.System);

    private static OutgoingMail Plain() => new(Guid.CreateVersion7(), "A word", "Nothing else.", null);

    private static Task<MailRefusedException> RefusedAsync(MailServer server) => Should.ThrowAsync<MailRefusedException>(() => server.SendAsync(Plain(), "ann@mail.test", default));
}
