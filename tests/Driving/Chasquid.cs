using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CallCenter.Testing;

namespace CallCenter.Driving;

/// <summary>The real mail server chasquid, on this machine only: it delivers what it takes for <c>ann@mail.test</c> into a folder, knows nobody else, and can be too busy or down.</summary>
internal sealed class Chasquid : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    public Chasquid()
    {
        CertificateFile = Path.Combine(_folder.Path, "conf/certs/mail.test/fullchain.pem");
        var site = Directory.CreateDirectory(Path.Combine(_folder.Path, "conf/certs/mail.test"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "conf/domains/mail.test"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "conf/hooks"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "data"));
        Directory.CreateDirectory(Box);
        WriteCertificate(site.FullName);
        File.WriteAllText(Path.Combine(_folder.Path, "conf/chasquid.conf"), $"""
            hostname: "mail.test"
            smtp_address: "127.0.0.1:{Port}"
            submission_address: "127.0.0.1:{SubmissionPort}"
            submission_over_tls_address: "127.0.0.1:{TlsPort}"
            monitoring_address: ""
            data_dir: "{_folder.Path}/data"
            mail_log_path: "{_folder.Path}/mail.log"
            """);

        // Under its last name a mail is whole.
        WriteScript("deliver", $"""cat >"{Box}/$$.part" && mv "{Box}/$$.part" "{Box}/$$.eml" """);
        WriteScript("conf/hooks/post-data", $"""if test -e "{Busy}"; then echo "try again later"; exit 1; fi""");
        Know("ann");
    }

    /// <summary>Where it takes mail for its own users from anybody.</summary>
    public int Port { get; } = FreePorts.Tcp();

    /// <summary>Where it takes mail from those who sign in, after STARTTLS.</summary>
    public int SubmissionPort { get; } = FreePorts.Tcp();

    /// <summary>The same over TLS from the first byte.</summary>
    public int TlsPort { get; } = FreePorts.Tcp();

    /// <summary>What it shows, issued by itself for mail.test and 127.0.0.1.</summary>
    public string CertificateFile { get; }

    private string Box => Path.Combine(_folder.Path, "box");

    private string Busy => Path.Combine(_folder.Path, "busy");

    /// <summary>From its next start on, it takes mail for this user too.</summary>
    public void Know(string user) => File.AppendAllText(Path.Combine(_folder.Path, "conf/domains/mail.test/aliases"), $"{user}: | {_folder.Path}/deliver\n");

    /// <summary>Lets a user of mail.test sign in, or sign in by another password than until now.</summary>
    public async Task LetInAsync(string user, string password)
    {
        using var adding = Process.Start("chasquid-util", [$"-C={Path.Combine(_folder.Path, "conf")}", "user-add", $"{user}@mail.test", $"--password={password}"]);
        await adding.WaitForExitAsync();
        adding.ExitCode.ShouldBe(0);
    }

    /// <summary>Answers every mail with 451, or no longer.</summary>
    public void SetBusy(bool busy)
    {
        if (busy)
        {
            File.WriteAllText(Busy, "");
        }
        else
        {
            File.Delete(Busy);
        }
    }

    /// <summary>Starts it and waits until it greets.</summary>
    public async Task StartAsync()
    {
        var output = Path.Combine(_folder.Path, "output.log");
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" -config_dir=\"$1\" >>\"$2\" 2>&1", "chasquid", Path.Combine(_folder.Path, "conf"), output]) { UseShellExecute = false })!;
        await Eventually.BecomesAsync(GreetsAsync, greets => greets, $"chasquid greets on port {Port}");
    }

    public async Task StopAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>The mails that it has delivered so far.</summary>
    public IReadOnlyList<string> Mails => [.. Directory.GetFiles(Box, "*.eml").Select(File.ReadAllText)];

    /// <summary>Waits for the first mail.</summary>
    public async Task<string> MailAsync() => (await Eventually.BecomesAsync(() => Mails, mails => mails.Count > 0, "a mail is delivered"))[0];

    /// <summary>The attachment of a mail, decoded.</summary>
    public static byte[] AttachmentOf(string mail)
    {
        var part = mail.ReplaceLineEndings("\n").Split("Content-Disposition: attachment", 2)[1];
        var content = part.Split("\n\n", 2)[1];
        return Convert.FromBase64String(content.Split("\n--", 2)[0].Replace("\n", "", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private async Task<bool> GreetsAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"chasquid has ended:\n{await File.ReadAllTextAsync(Path.Combine(_folder.Path, "output.log"))}");
        }

        try
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, Port);
            using var reader = new StreamReader(client.GetStream());
            return (await reader.ReadLineAsync())?.StartsWith("220", StringComparison.Ordinal) == true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    // It does not start without one.
    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.test");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private void WriteScript(string name, string body)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
