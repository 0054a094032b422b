using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.Conformance.Tests.Kamailio;

/// <summary>The real Kamailio as a proxy between a center and a provider on this machine.</summary>
internal sealed class KamailioProxy : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private KamailioProxy(int port, int center, int provider)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        var configuration = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Kamailio", "kamailio.cfg"))
            .Replace("LISTEN", $"{port}", StringComparison.Ordinal).Replace("CENTER", $"{center}", StringComparison.Ordinal).Replace("PROVIDER", $"{provider}", StringComparison.Ordinal);
        var file = Path.Combine(_folder.Path, "kamailio.cfg");
        File.WriteAllText(file, configuration);
        _process = Process.Start(new ProcessStartInfo("kamailio", ["-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-Y", _folder.Path])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it on a port from <see cref="FreePorts"/> and waits until it answers.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="center">Port of the center: what comes from there goes to the provider.</param>
    /// <param name="provider">Port of the provider: what comes from anywhere else goes to the center.</param>
    public static async Task<KamailioProxy> StartAsync(int port, int center, int provider)
    {
        var proxy = new KamailioProxy(port, center, provider);
        using var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var limit = new CancellationTokenSource(LongestStart);
        var answer = probe.ReceiveAsync(limit.Token).AsTask();
        var options = Encoding.ASCII.GetBytes(
            $"OPTIONS sip:{proxy.EndPoint} SIP/2.0\r\nVia: SIP/2.0/UDP {probe.Client.LocalEndPoint};branch=z9hG4bKready\r\nMax-Forwards: 5\r\n" +
            "From: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: ready\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        while (await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None)) != answer)
        {
            // What nobody listens to yet is lost, and the kernel says so: it is sent again.
            await probe.SendAsync(options, proxy.EndPoint, limit.Token);
        }

        try
        {
            await answer;
            return proxy;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await proxy.DisposeAsync();
            throw new InvalidOperationException($"Kamailio does not answer:\n{proxy._log}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its children end with it only when it may end them itself.
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private void Take(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
        {
            _log.AppendLine(e.Data);
        }
    }
}
