using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Calls.Bench;

/// <summary>How SIPp saw a run: calls that it began, and those that went through its scenario as they should.</summary>
internal sealed record SippCounts(int Created, int Successful, int Retransmissions);

/// <summary>SIPp processes on 127.0.0.1 against one server.</summary>
internal sealed class Sipp(int serverPort, string folder) : IAsyncDisposable
{
    private static readonly string Scenarios = Path.Combine(AppContext.BaseDirectory, "scenarios");

    // Nothing reads it: what phones hear is dropped by the kernel, and no ICMP error comes back.
    private readonly UdpClient _audio = new(new IPEndPoint(IPAddress.Loopback, 0));
    private Process? _agents;
    private int _runs;

    public int AgentsPort { get; } = FreePort();

    /// <summary>Starts the phones of all agents, in one process.</summary>
    public void StartAgents() => _agents = Start("agent", AgentsPort, "agents", []);

    public async Task RegisterAsync(string phones, int count, CancellationToken ct)
    {
        var counts = await RunAsync("register", ["-inf", phones, "-m", Text(count), "-r", "200", "-key", "contact_port", Text(AgentsPort)], TimeSpan.FromSeconds(30), ct);
        if (counts.Successful < count)
        {
            throw new InvalidOperationException($"Only {counts.Successful} of {count} phones could register.");
        }
    }

    /// <summary>Calls at a constant rate; every call stays a while after its answer, 1 s unless told.</summary>
    public Task<SippCounts> CallAsync(int perSecond, int seconds, CancellationToken ct, int talkSeconds = 1) => RunAsync(
        "caller",
        ["-r", Text(perSecond), "-m", Text(perSecond * seconds), "-l", "100000", "-d", Text(talkSeconds * 1000), "-recv_timeout", "20000"],
        TimeSpan.FromSeconds(seconds + talkSeconds + 30),
        ct);

    public async ValueTask DisposeAsync()
    {
        if (_agents is not null)
        {
            await KillAsync(_agents);
            _agents.Dispose();
        }

        _audio.Dispose();
    }

    private async Task<SippCounts> RunAsync(string scenario, string[] arguments, TimeSpan longest, CancellationToken ct)
    {
        var name = $"{scenario}-{++_runs}";
        var statistics = Path.Combine(folder, $"{name}.csv");
        using var sipp = Start(scenario, FreePort(), name, ["-trace_stat", "-stf", statistics, "-fd", "1", "-timeout", $"{longest.TotalSeconds:F0}s", .. arguments]);
        try
        {
            await sipp.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(sipp);
            throw;
        }

        var lines = await File.ReadAllLinesAsync(statistics, ct);
        var values = lines[0].Split(';').Zip(lines[^1].Split(';')).Where(cell => cell.First.Length > 0).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal);
        return new SippCounts(Count("TotalCallCreated"), Count("SuccessfulCall(C)"), Count("Retransmissions(C)"));

        int Count(string column) => int.Parse(values[column], CultureInfo.InvariantCulture);
    }

    private Process Start(string scenario, int port, string log, string[] arguments)
    {
        // SIPp draws a screen on standard output whether or not anybody looks.
        var start = new ProcessStartInfo("sh") { WorkingDirectory = folder };
        string[] all =
        [
            "-c", $"exec sipp \"$@\" >{log}.out 2>{log}.err </dev/null", "sh", $"127.0.0.1:{serverPort}", "-sf", Path.Combine(Scenarios, $"{scenario}.xml"),
            "-i", "127.0.0.1", "-p", Text(port), "-nostdin", "-buff_size", "4000000", "-key", "audio", Text(((IPEndPoint)_audio.Client.LocalEndPoint!).Port), .. arguments,
        ];
        Array.ForEach(all, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
