using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using CallCenter.Testing;

namespace CallCenter.Driving;

/// <summary>A SIPp process that runs one of the scenarios in the folder of that name.</summary>
internal sealed class Sipp : IAsyncDisposable
{
    /// <summary>SIPp itself gives up then: nothing outlives a test run.</summary>
    private const int LongestRunSeconds = 120;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private Sipp(string scenario, IReadOnlyList<string> rows, IReadOnlyList<string> arguments, int? detourPort = null)
    {
        Scenario = scenario;
        var start = new ProcessStartInfo("sipp",
        [
            .. arguments, "-sf", detourPort is null ? ScenarioFile : Lingering(), "-i", "127.0.0.1", "-p", $"{Port}", "-key", "contact_port", $"{detourPort ?? Port}", "-nostdin",
            "-timeout", $"{LongestRunSeconds}", "-timeout_error", "-trace_err", "-error_file", Errors, "-trace_stat", "-stf", Counts, "-fd", "1", "-trace_rtt", "-rtt_freq", "1",
        ])
        {
            WorkingDirectory = _folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (rows.Count > 0)
        {
            File.WriteAllLines(Path.Combine(_folder.Path, "rows.csv"), rows.Prepend("SEQUENTIAL"));
            start.ArgumentList.Add("-inf");
            start.ArgumentList.Add("rows.csv");
        }

        _process = Process.Start(start)!;
        // Its screen is of no use, but must be read so that it does not wait for a reader.
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Scenario { get; }

    public int Port { get; } = FreePorts.Udp();

    /// <summary>Calls a number from each of the given ones.</summary>
    /// <param name="scenario">Name of the scenario.</param>
    /// <param name="server">Where to send.</param>
    /// <param name="number">Whom to call.</param>
    /// <param name="callers">The callers' numbers, one a call.</param>
    /// <param name="audioPort">Where all callers want to hear.</param>
    /// <param name="payload">0 for PCMU, 8 for PCMA.</param>
    /// <param name="pause">What the scenario's pause lasts.</param>
    /// <param name="detourPort">Where the phone seems to be when a detour lies before it; it then stays a while to repeat what gets lost there.</param>
    /// <param name="transport">udp or tcp.</param>
    public static Sipp Call(
        string scenario, IPEndPoint server, string number, IReadOnlyList<string> callers, int audioPort, int payload = 0, TimeSpan pause = default, int? detourPort = null,
        string transport = "udp") =>
        new(scenario, callers,
        [
            $"{server}", "-t", $"{transport[0]}1", "-s", number, "-m", $"{callers.Count}", "-r", $"{Math.Max(20, callers.Count)}", "-l", $"{callers.Count}",
            "-key", "audio_port", $"{audioPort}", "-key", "payload", $"{payload}", "-d", Milliseconds(pause),
        ], detourPort);

    /// <summary>An agent's phone calls a number or a code.</summary>
    /// <param name="server">Where to send.</param>
    /// <param name="extension">Whose phone.</param>
    /// <param name="password">Its password.</param>
    /// <param name="number">What is dialled.</param>
    /// <param name="audioPort">Where it wants to hear.</param>
    public static Sipp Dial(IPEndPoint server, string extension, string password, string number, int audioPort) =>
        new("agent-dials", [$"{extension};[authentication username={extension} password={password}]"],
            [$"{server}", "-t", "u1", "-s", number, "-m", "1", "-key", "audio_port", $"{audioPort}", "-key", "payload", "0"]);

    /// <summary>Takes calls on <see cref="Port"/>.</summary>
    /// <param name="scenario">Name of the scenario.</param>
    /// <param name="calls">It ends after that many.</param>
    /// <param name="audioPort">Where all of them want to hear.</param>
    /// <param name="payload">0 for PCMU, 8 for PCMA.</param>
    /// <param name="pause">What the scenario's pause lasts.</param>
    /// <param name="detourPort">Where the phone seems to be when a detour lies before it; it then stays a while to repeat what gets lost there.</param>
    /// <param name="transport">udp or tcp.</param>
    public static Sipp Take(string scenario, int calls, int audioPort, int payload = 0, TimeSpan pause = default, int? detourPort = null, string transport = "udp") =>
        new(scenario, [], ["-t", $"{transport[0]}1", "-m", $"{calls}", "-key", "audio_port", $"{audioPort}", "-key", "payload", $"{payload}", "-d", Milliseconds(pause)], detourPort);

    /// <summary>Calls a number and presses a key every second until the call is ended; told by <see cref="CenterClient.TellToHangUpAsync"/>, another one.</summary>
    public static Sipp CallAndPress(IPEndPoint server, string number, string caller, int audioPort, char press, char last) => new("caller-presses", [caller],
        [$"{server}", "-t", "u1", "-s", number, "-m", "1", "-key", "audio_port", $"{audioPort}", "-key", "payload", "0", "-key", "press", $"{press}", "-key", "last", $"{last}"]);

    /// <summary>Takes a call on <see cref="Port"/> and presses a key every second until it is ended.</summary>
    public static Sipp TakeAndPress(int audioPort, char press) => new("callee-presses", [],
        ["-t", "u1", "-m", "1", "-key", "audio_port", $"{audioPort}", "-key", "payload", "0", "-key", "press", $"{press}"]);

    /// <summary>Sends every call on <see cref="Port"/> elsewhere.</summary>
    /// <param name="elsewhere">User and host.</param>
    public static Sipp Redirect(string elsewhere) => new("agent-redirects", [], ["-t", "u1", "-m", "10", "-key", "elsewhere", elsewhere]);

    /// <summary>Takes a call on <see cref="Port"/> and sends its caller elsewhere at once (REFER).</summary>
    /// <param name="elsewhere">User and host.</param>
    /// <param name="audioPort">Where it wants to hear.</param>
    public static Sipp Refer(string elsewhere, int audioPort) =>
        new("agent-refers", [], ["-t", "u1", "-m", "1", "-key", "audio_port", $"{audioPort}", "-key", "payload", "0", "-key", "elsewhere", elsewhere]);

    /// <summary>Registers phones.</summary>
    /// <param name="scenario">Name of the scenario.</param>
    /// <param name="server">Where to send.</param>
    /// <param name="agents">Extension and password of each.</param>
    /// <param name="contactPort">Where they take calls.</param>
    /// <param name="expires">Seconds; 0 ends the registration.</param>
    /// <param name="contactTransport">How they take calls: udp or tcp.</param>
    public static Sipp Register(
        string scenario, IPEndPoint server, IReadOnlyList<(string Extension, string Password)> agents, int contactPort, int expires, string contactTransport = "udp") =>
        // SIPp fills a keyword in from a row, but nothing into a keyword: the row has the whole of it.
        new(scenario, [.. agents.Select(a => $"{a.Extension};[authentication username={a.Extension} password={a.Password}]")],
            [$"{server}", "-m", $"{agents.Count}", "-r", "20", "-key", "binding_port", $"{contactPort}", "-key", "binding_transport", contactTransport, "-key", "expires", $"{expires}"]);

    /// <summary>Waits until it listens: what is sent to it before is reported unreachable at once.</summary>
    public Task ListensAsync() => Eventually.BecomesAsync(
        () => IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Any(listener => listener.Port == Port), listens => listens, $"SIPp listens on port {Port}");

    /// <summary>Waits for its end and gives what it counted.</summary>
    public async Task<SippResult> ResultAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(LongestRunSeconds + 10));
        await _process.WaitForExitAsync(limit.Token);
        var lines = File.Exists(Counts) ? await File.ReadAllLinesAsync(Counts, CancellationToken.None) : [];
        var counts = lines.Length < 2 ? [] : lines[0].Split(';').Zip(lines[^1].Split(';')).Where(c => c.First.Length > 0).ToDictionary(c => c.First, c => c.Second, StringComparer.Ordinal);
        return new SippResult(
            Scenario, _process.ExitCode, Count("SuccessfulCall(C)"), Count("FailedCall(C)"), await ReadTimesAsync(), File.Exists(Errors) ? await File.ReadAllTextAsync(Errors, CancellationToken.None) : "");

        int Count(string name) => int.Parse(counts.GetValueOrDefault(name, "-1"), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for its end; every call must have gone as the scenario tells.</summary>
    public async Task<SippResult> ShouldSucceedAsync()
    {
        var result = await ResultAsync();
        (result.ExitCode, result.Failed).ShouldBe((0, 0), $"{result}");
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private string ScenarioFile => Path.Combine(Here(), "scenarios", $"{Scenario}.xml");

    // Its last answer may be lost on the way: it stays to give it again.
    private string Lingering()
    {
        var file = Path.Combine(_folder.Path, $"{Scenario}.xml");
        File.WriteAllText(file, File.ReadAllText(ScenarioFile).Replace("</scenario>", "<timewait milliseconds=\"2000\"/></scenario>", StringComparison.Ordinal));
        return file;
    }

    private string Counts => Path.Combine(_folder.Path, "counts.csv");

    private string Errors => Path.Combine(_folder.Path, "errors.log");

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    // One file of "Date_ms;response_time_ms;rtd_name" for a scenario that measures a time.
    private async Task<IReadOnlyList<TimeSpan>> ReadTimesAsync()
    {
        if (Directory.GetFiles(_folder.Path, "*_rtt.csv") is not [var file])
        {
            return [];
        }

        var lines = await File.ReadAllLinesAsync(file);
        return [.. lines.Skip(1).Select(line => TimeSpan.FromMilliseconds(double.Parse(line.Split(';')[1], CultureInfo.InvariantCulture)))];
    }
}

/// <summary>What SIPp saw.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="ExitCode">0 when every call went as the scenario tells.</param>
/// <param name="Successful">Calls that did.</param>
/// <param name="Failed">Calls that did not.</param>
/// <param name="Times">What each call's clock showed, where the scenario has one: from the answer to the end of the call.</param>
/// <param name="Errors">What went wrong.</param>
internal sealed record SippResult(string Scenario, int ExitCode, int Successful, int Failed, IReadOnlyList<TimeSpan> Times, string Errors);
