using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using CallCenter.Testing;

namespace CallCenter.Driving;

/// <summary>The product as a person starts it: a process on a data folder and ports of its own. It can be killed and started again on the same ones.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";
    private const string Address = "127.0.0.1";
    private const int RtpPorts = 400;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(45);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private readonly int _firstRtpPort;
    private Process? _process;
    private StringBuilder _output = new();

    /// <param name="knobs">Environment variables that this server wants otherwise.</param>
    public ServerProcess(params IEnumerable<(string Name, string Value)> knobs)
    {
        _firstRtpPort = FreePorts.UdpRange(RtpPorts);
        _environment = new(StringComparer.Ordinal)
        {
            ["CALLCENTER_DATA"] = DataFolder,
            ["CALLCENTER_HTTP_PORT"] = $"{HttpPort}",
            ["CALLCENTER_SIP_PORT"] = $"{Sip.Port}",
            ["CALLCENTER_RTP_PORTS"] = $"{_firstRtpPort}-{_firstRtpPort + RtpPorts - 1}",
            ["CALLCENTER_BIND"] = Address,
            ["CALLCENTER_ADMIN_PASSWORD"] = Password,

            // SIPp 3.6 gives up at a SHA-256 challenge that stands first (adr/0020).
            ["CALLCENTER_SIP_DIGEST"] = "md5,sha-256",
        };
        foreach (var (name, value) in knobs)
        {
            _environment[name] = value;
        }

        StartWatchdog();
    }

    public string DataFolder => Path.Combine(_folder.Path, "data");

    public int HttpPort { get; } = FreePorts.Tcp();

    public IPEndPoint Sip { get; } = new(IPAddress.Parse(Address), FreePorts.Sip());

    public Uri WebSocketAddress => new($"ws://{Address}:{HttpPort}/sip");

    public Uri GraphQLAddress => new($"http://{Address}:{HttpPort}/graphql");

    /// <summary>What it has said so far, on both outputs.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int ProcessId => (_process ?? throw new InvalidOperationException("The server has not been started.")).Id;

    /// <summary>Process id of its PostgreSQL; null while there is none.</summary>
    public int? PostgresProcessId
    {
        get
        {
            var file = Path.Combine(DataFolder, "pg", "postmaster.pid");
            try
            {
                return int.TryParse(File.ReadLines(file).FirstOrDefault(), out var pid) && Signals.IsAlive(pid) ? pid : null;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (DirectoryNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>Where it takes SIP.</summary>
    /// <param name="transport">udp, tcp or tls.</param>
    public IPEndPoint SipOver(string transport) => new(Sip.Address, transport == "tls" ? Sip.Port + 1 : Sip.Port);

    /// <summary>How many media ports it has open, as the system tells: two for each leg that lives.</summary>
    public int OpenMediaPorts()
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{ProcessId}/fd").Select(fd => new FileInfo(fd).LinkTarget).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return File.ReadLines("/proc/net/udp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(columns => own.Contains($"socket:[{columns[9]}]") && IsMediaPort(int.Parse(columns[1].AsSpan(9), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

        bool IsMediaPort(int port) => port >= _firstRtpPort && port < _firstRtpPort + RtpPorts;
    }

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _output = new StringBuilder();
        _process = Launch([], _environment, line =>
        {
            if (line.StartsWith("CallCenter is ready", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }, _output);
        await File.WriteAllTextAsync(PidFile, $"{_process.Id}\n");
        if (await Task.WhenAny(ready.Task, _process.WaitForExitAsync(), Task.Delay(LongestStart)) != ready.Task)
        {
            throw new InvalidOperationException($"The server is not ready ({(_process.HasExited ? $"it ended with exit code {_process.ExitCode}" : "it still runs")}):\n{_output}");
        }
    }

    /// <summary>Runs one command of the product on this data folder and waits for its end.</summary>
    /// <param name="arguments">The verb and its arguments; none starts a server, which is expected to end by itself.</param>
    /// <param name="knobs">Environment variables other than this server's own.</param>
    public async Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, params IEnumerable<(string Name, string Value)> knobs)
    {
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal);
        foreach (var (name, value) in knobs)
        {
            environment[name] = value;
        }

        var output = new StringBuilder();
        using var process = Launch(arguments, environment, _ => { }, output);
        using var limit = new CancellationTokenSource(LongestStart);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end:\n{output}", e);
        }

        return new CommandResult(process.ExitCode, output.ToString());
    }

    /// <summary>Runs one command of the product on this data folder and kills it when it says something; its PostgreSQL lives on.</summary>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <param name="said">What a line contains at which it is killed.</param>
    public async Task KillAtAsync(IReadOnlyList<string> arguments, string said)
    {
        var (heard, output) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new StringBuilder());
        using var process = Launch(arguments, _environment, line => _ = line.Contains(said, StringComparison.Ordinal) && heard.TrySetResult(), output);
        using var limit = new CancellationTokenSource(LongestStart);
        var ended = process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(heard.Task, ended) != heard.Task)
        {
            process.Kill();
            throw new InvalidOperationException($"{string.Join(' ', arguments)} did not say \"{said}\" before its end:\n{output}");
        }

        process.Kill();
        await ended;
    }

    /// <summary>Asks it to stop, as a service manager would, and gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send("TERM", ProcessId);
        return await ExitAsync();
    }

    /// <summary>Kills it and its PostgreSQL at once, as a power cut would.</summary>
    public async Task KillWithPostgresAsync()
    {
        Signals.Send("KILL", ProcessId, PostgresProcessId ?? throw new InvalidOperationException("PostgreSQL does not run."));
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await StopAsync();
        }

        _process?.Dispose();
        if (PostgresProcessId is { } orphan)
        {
            Signals.Send("QUIT", orphan);
            await Eventually.BecomesAsync(() => PostgresProcessId, pid => pid is null, "PostgreSQL ends");
        }

        FreePorts.Return(_firstRtpPort, RtpPorts);
        File.Delete(PidFile);
        _folder.Dispose();
    }

    private string PidFile => Path.Combine(_folder.Path, "server.pid");

    private async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(LongestStop);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            _process!.Kill();
            throw new TimeoutException($"The server did not stop within {LongestStop.TotalSeconds} s:\n{_output}", e);
        }

        return _process.ExitCode;
    }

    private static Process Launch(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string> onLine, StringBuilder output)
    {
        File.Exists(Program).ShouldBeTrue($"{Program} is missing: build CallCenter.sln in Release first, as ./test does");
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return process;

        void Take(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } line)
            {
                lock (output)
                {
                    output.AppendLine(line);
                }

                onLine(line);
            }
        }
    }

    private static string Program { get; } = Path.GetFullPath(Path.Combine(Here(), "../../src/Api/bin/Release/net10.0/CallCenter.Api.dll"));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    // A test run that is killed stops nothing by itself. This shell outlives it, stops what it left behind, and removes the folder.
    private void StartWatchdog()
    {
        const string Script = """
            exec </dev/null >/dev/null 2>&1
            while kill -0 "$1"; do test -d "$2" || exit 0; sleep 1; done
            read -r server <"$2/server.pid" && kill -KILL "$server"
            read -r postgres <"$2/data/pg/postmaster.pid" && kill -QUIT "$postgres"
            for i in 1 2 3 4 5 6 7 8 9 10; do test -e "$2/data/pg/postmaster.pid" || break; sleep 1; done
            rm -rf "$2"
            """;
        using var watchdog = Process.Start("setsid", ["sh", "-c", Script, "sh", $"{Environment.ProcessId}", _folder.Path]);
    }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">0 when all went well.</param>
/// <param name="Output">What it said on both outputs.</param>
internal sealed record CommandResult(int ExitCode, string Output);
