using System.Diagnostics;
using System.Text;
using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>A phone program with a folder of its own, which is its home too.</summary>
internal sealed class PhoneProcess : IDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    /// <param name="program">On PATH.</param>
    /// <param name="prepare">Writes the phone's settings into its folder and gives the program's arguments.</param>
    public PhoneProcess(string program, Func<string, IReadOnlyList<string>> prepare)
    {
        var start = new ProcessStartInfo(program, prepare(Folder))
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = Folder;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Folder => _folder.Path;

    /// <summary>All that it wrote.</summary>
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

    /// <summary>The folder above bin where a program lies: /usr, or that of an unpacked package.</summary>
    public static string PrefixOf(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(folder => File.Exists(Path.Combine(folder, program))) is { } bin
            ? Path.GetDirectoryName(bin)!
            : throw new InvalidOperationException($"{program} is not on PATH: run ./test, which installs it");

    public Task WritesAsync(string text) => Eventually.BecomesAsync(() => Output, output => output.Contains(text, StringComparison.Ordinal), $"it writes \"{text}\"");

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Asks it to end, and kills it when it does not.</summary>
    /// <param name="farewell">What a person would type; null for SIGTERM.</param>
    public async Task StopAsync(string? farewell = null)
    {
        if (_process.HasExited)
        {
            return;
        }

        if (farewell is not null)
        {
            await TypeAsync(farewell);
        }
        else
        {
            Signals.Send("TERM", _process.Id);
        }

        using var limit = new CancellationTokenSource(LongestStop);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }

    private void Note(object sender, DataReceivedEventArgs e)
    {
        lock (_output)
        {
            _output.AppendLine(e.Data);
        }
    }
}
