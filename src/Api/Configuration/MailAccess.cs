using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using MailKit.Security;

namespace CallCenter.Api.Configuration;

/// <summary>How the mail server is reached.</summary>
/// <param name="Security">In the open, by STARTTLS, or over TLS from the first byte.</param>
/// <param name="CertificateAuthority">Absolute path of a PEM file whose certificates alone prove the server; null for those that the system trusts.</param>
/// <param name="User">Who signs in; null where nobody does.</param>
/// <param name="Password">Of the user; null when it is in a file.</param>
/// <param name="PasswordFile">Absolute path; read for each mail, so that it can be changed at any time.</param>
internal sealed record MailAccess(SecureSocketOptions Security = SecureSocketOptions.None, string? CertificateAuthority = null, string? User = null, string? Password = null, string? PasswordFile = null)
{
    /// <summary>Name, default and meaning, for the help text and the README.</summary>
    public static readonly IReadOnlyList<(string Name, string Default, string Meaning)> Knobs =
    [
        ("CALLCENTER_SMTP_TLS", "off", "starttls: the mail server must turn to TLS before anything is told; tls: TLS from the first byte; its certificate is verified"),
        ("CALLCENTER_SMTP_CA", "(the system's)", "PEM file of the certificates that prove the mail server, in place of those that the system trusts"),
        ("CALLCENTER_SMTP_USER", "(none)", "who signs in at the mail server; only over TLS"),
        ("CALLCENTER_SMTP_PASSWORD", "(none)", "the user's password there"),
        ("CALLCENTER_SMTP_PASSWORD_FILE", "(none)", "file with that password, in place of it; read for each mail"),
    ];

    /// <summary>Without what must not be written down.</summary>
    public override string ToString() => $"{Security}, user {User}";

    /// <exception cref="KnobException">A value is not what it must be.</exception>
    public static MailAccess Read(Func<string, string?> get)
    {
        var security = Set("CALLCENTER_SMTP_TLS") switch
        {
            null or "off" => SecureSocketOptions.None,
            "starttls" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            var other => throw new KnobException($"CALLCENTER_SMTP_TLS must be off, starttls or tls, not \"{other}\"."),
        };
        var (user, password, file) = (Set("CALLCENTER_SMTP_USER"), Set("CALLCENTER_SMTP_PASSWORD"), Set("CALLCENTER_SMTP_PASSWORD_FILE"));
        if ((user is null ? 0 : 1) != (password is null ? 0 : 1) + (file is null ? 0 : 1))
        {
            throw new KnobException("CALLCENTER_SMTP_USER goes with either CALLCENTER_SMTP_PASSWORD or CALLCENTER_SMTP_PASSWORD_FILE.");
        }

        if (user is not null && security == SecureSocketOptions.None)
        {
            throw new KnobException("CALLCENTER_SMTP_USER needs CALLCENTER_SMTP_TLS: no password is sent in the open.");
        }

        return new MailAccess(security, Authority(Set("CALLCENTER_SMTP_CA")), user, password, file is null ? null : Path.GetFullPath(file));

        string? Set(string name) => get(name) is { Length: > 0 } value ? value : null;
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<string> PasswordAsync(CancellationToken cancellationToken) =>
        Password ?? (await File.ReadAllTextAsync(PasswordFile!, cancellationToken)).TrimEnd('\r', '\n');

    private static string? Authority(string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            new X509Certificate2Collection().ImportFromPemFile(file);
            return Path.GetFullPath(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new KnobException($"CALLCENTER_SMTP_CA must be a PEM file of certificates, not \"{file}\": {e.Message}");
        }
    }
}
