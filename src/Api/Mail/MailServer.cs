using System.Globalization;
using System.Net.Mail;

namespace CallCenter.Api.Mail;

/// <summary>The mail server that takes what we send, over SMTP (RFC 5321).</summary>
/// <param name="host">Name or address.</param>
/// <param name="port">TCP port.</param>
/// <param name="from">Sender of all mail, and where a mail server reports what it could not deliver later.</param>
internal sealed class MailServer(string host, int port, MailAddress from)
{
    /// <summary>The domain of our own mail, for the ids of messages.</summary>
    public string Domain => from.Host;

    /// <summary>Has the server take a mail for one recipient: what it does for one says nothing about another.</summary>
    /// <param name="mail">Without sender and recipients.</param>
    /// <param name="recipient">Mail address.</param>
    /// <param name="cancellationToken">Gives up; the server may have taken it nevertheless.</param>
    /// <exception cref="MailRefusedException">The server will not have it, now or for ever.</exception>
    public async Task SendAsync(OutgoingMail mail, string recipient, CancellationToken cancellationToken)
    {
        using var message = new MailMessage(from, new MailAddress(recipient)) { Subject = mail.Subject, Body = mail.Body };
        message.Headers.Add("Message-ID", $"<{mail.Id:N}@{from.Host}>");

        // Written by a program: nobody's out-of-office note shall answer it (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.AttachedFile is { } file)
        {
            message.Attachments.Add(new Attachment(file, mail.MediaType) { Name = mail.AttachmentName });
        }

        using var client = new SmtpClient(host, port);
        try
        {
            await client.SendMailAsync(message, cancellationToken);
        }
        catch (SmtpException e)
        {
            throw new MailRefusedException($"{host}:{port.ToString(CultureInfo.InvariantCulture)} did not take the mail for {recipient}: {Said(e)}", IsForGood(e), e);
        }
    }

    // 5yz is for good (RFC 5321 section 4.2.1). No connection is no answer.
    private static bool IsForGood(SmtpException e) => (int)e.StatusCode >= 500;

    private static string Said(SmtpException e) => e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message;
}

/// <summary>A mail to be sent.</summary>
/// <param name="Id">By which a second copy of it can be told: the same for the same mail.</param>
/// <param name="AttachedFile">Path of a file; null for none.</param>
internal sealed record OutgoingMail(Guid Id, string Subject, string Body, string? AttachedFile, string? AttachmentName, string? MediaType);

/// <summary>The mail server did not take a mail.</summary>
/// <param name="message">What it said.</param>
/// <param name="isForGood">Trying again does not help.</param>
/// <param name="innerException">Where it comes from.</param>
internal sealed class MailRefusedException(string message, bool isForGood, Exception innerException) : Exception(message, innerException)
{
    public bool IsForGood { get; } = isForGood;
}
