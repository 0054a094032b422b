using System.Globalization;
using System.Net;
using System.Net.Sockets;

using CallCenter.Api.Configuration;

using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

using MimeKit;

namespace CallCenter.Api.Mail;

/// <summary>The mail server that takes what we send, over SMTP (RFC 5321), in the open or over TLS (RFC 3207, RFC 8314), signed in or not (RFC 4954).</summary>
/// <param name="at">Where it listens.</param>
/// <param name="from">Sender of all mail, and where a mail server reports what it could not deliver later.</param>
/// <param name="access">How it is reached.</param>
/// <param name="clock">For the date of each mail.</param>
internal sealed class MailServer(DnsEndPoint at, MailboxAddress from, MailAccess access, TimeProvider clock)
{
    private readonly ServerIdentity _identity = new(access.CertificateAuthority);

    /// <summary>Has the server take a mail for one recipient: what it does for one says nothing about another.</summary>
    /// <param name="mail">Without sender and recipients.</param>
    /// <param name="recipient">Mail address.</param>
    /// <param name="cancellationToken">Gives up; the server may have taken it nevertheless.</param>
    /// <exception cref="MailRefusedException">The server will not have it, now or for ever.</exception>
    public async Task SendAsync(OutgoingMail mail, string recipient, CancellationToken cancellationToken)
    {
        if (!MailboxAddress.TryParse(recipient, out var to))
        {
            throw new MailRefusedException($"\"{recipient}\" is no mail address", isForGood: true);
        }

        using var message = Write(mail, to);
        using var client = new SmtpClient { ServerCertificateValidationCallback = _identity.IsProved, CheckCertificateRevocation = false };
        try
        {
            await client.ConnectAsync(at.Host, at.Port, access.Security, cancellationToken);
            if (access.User is { } user)
            {
                await client.AuthenticateAsync(user, await access.PasswordAsync(cancellationToken), cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is ProtocolException or CommandException or AuthenticationException or SslHandshakeException or NotSupportedException or SocketException or IOException or TimeoutException)
        {
            throw new MailRefusedException($"{at.Host}:{at.Port.ToString(CultureInfo.InvariantCulture)} did not take the mail for {recipient}: {e.Message}", IsForGood(e), e);
        }

        await LeaveAsync(client);
    }

    // It has the mail: how it says goodbye changes nothing, and a second copy would be worse.
    private static async Task LeaveAsync(SmtpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e) when (e is ProtocolException or CommandException or SocketException or IOException or OperationCanceledException)
        {
            // The connection is closed with the client.
        }
    }

    // 5yz to a mail is for good (RFC 5321 section 4.2.1). No connection is no answer; and a password, a certificate or a server without TLS is a matter of settings, which are mended.
    private static bool IsForGood(Exception e) => e is SmtpCommandException { StatusCode: >= (SmtpStatusCode)500 and not (SmtpStatusCode.AuthenticationRequired or SmtpStatusCode.AuthenticationInvalidCredentials) };

    private MimeMessage Write(OutgoingMail mail, MailboxAddress recipient)
    {
        var message = new MimeMessage { Subject = mail.Subject, Date = clock.GetUtcNow(), MessageId = $"{mail.Id:N}@{from.Domain}" };
        message.From.Add(from);
        message.To.Add(recipient);

        // Written by a program: nobody's out-of-office note shall answer it (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        var body = new BodyBuilder { TextBody = mail.Body, HtmlBody = mail.Html };
        if (mail.Attachment is { } attachment)
        {
            // Read while it is sent: the message closes it.
            body.Attachments.Add(new MimePart(attachment.MediaType)
            {
                Content = new MimeContent(attachment.Content is { } content ? new MemoryStream(content) : File.OpenRead(attachment.File)),
                ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = attachment.Name },
                ContentTransferEncoding = ContentEncoding.Base64,
            });
        }

        message.Body = body.ToMessageBody();
        return message;
    }
}

/// <summary>A mail to be sent.</summary>
/// <param name="Id">By which a second copy of it can be told: the same for the same mail.</param>
/// <param name="Attachment">Null for none.</param>
internal sealed record OutgoingMail(Guid Id, string Subject, string Body, MailAttachment? Attachment)
{
    /// <summary>The same as the body, for who can show it; null for none.</summary>
    public string? Html { get; init; }
}

/// <summary>A file that goes with a mail.</summary>
/// <param name="File">Path.</param>
/// <param name="Name">What the recipient sees.</param>
/// <param name="MediaType">Like audio/wav.</param>
internal sealed record MailAttachment(string File, string Name, string MediaType)
{
    /// <summary>What takes the place of a file; null for the file.</summary>
    public byte[]? Content { get; init; }
}

/// <summary>The mail server did not take a mail.</summary>
/// <param name="message">What it said.</param>
/// <param name="isForGood">Trying again does not help.</param>
/// <param name="innerException">Where it comes from.</param>
internal sealed class MailRefusedException(string message, bool isForGood, Exception? innerException = null) : Exception(message, innerException)
{
    public bool IsForGood { get; } = isForGood;
}
