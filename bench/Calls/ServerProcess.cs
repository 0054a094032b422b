using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CallCenter.Calls.Bench;

/// <summary>The product as people start it: ./run, which becomes the server by exec.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process, int sipPort) => (_process, SipPort) = (process, sipPort);

    public int Id => _process.Id;

    public int SipPort { get; }

    /// <summary>Returns when it takes calls.</summary>
    public static async Task<ServerProcess> StartAsync(string root, string dataFolder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(root, "run"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment =
            {
                ["CALLCENTER_DATA"] = dataFolder,
                ["CALLCENTER_SAMPLE"] = "off",
                ["CALLCENTER_HTTP_PORT"] = "0",
                ["CALLCENTER_SIP_PORT"] = "0",
                ["CALLCENTER_BIND"] = "127.0.0.1",
                ["CALLCENTER_RTP_PORTS"] = "10000-31999",
                ["CALLCENTER_SIP_DIGEST"] = "md5", // SIPp knows no other.
            },
        };
        var process = Process.Start(start)!;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(LongestStart);
            var line = await process.StandardOutput.ReadLineAsync(patience.Token);
            return line is not null && SipAddress().Match(line) is { Success: true } address
                ? new ServerProcess(process, int.Parse(address.Groups["port"].Value, CultureInfo.InvariantCulture))
                : throw new InvalidOperationException($"The server did not become ready but said: {line}");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            // The shell's own kill: the program of that name is in a package that a minimal system lacks.
            using var kill = Process.Start("sh", ["-c", "kill -TERM \"$1\"", "sh", Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(LongestStop);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException e)
            {
                _process.Kill();
                throw new TimeoutException($"The server did not stop within {LongestStop.TotalSeconds} s and was killed.", e);
            }
        }
    }

    [GeneratedRegex(@"SIP \S+:(?<port>\d+)/udp", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SipAddress();
}
