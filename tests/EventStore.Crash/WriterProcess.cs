using System.Diagnostics;

namespace CallCenter.EventStore.Crash;

/// <summary>A writer in a process of its own. Disposed of, it is gone.</summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<bool> _listening;

    private WriterProcess(Process process, Ledger ledger)
    {
        _process = process;
        _listening = Task.Run(() => ListenAsync(ledger));
    }

    public static WriterProcess Start(string connectionString, int seed, Ledger ledger)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(WriterProcess).Assembly.Location, "write", connectionString, $"{seed}", .. ledger.Unanswered])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return new WriterProcess(Process.Start(start)!, ledger);
    }

    /// <summary>kill -9; all that it had said by then is in the ledger when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _listening;
    }

    /// <summary>Lets it carry all that it has begun to its end.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        (await _listening).ShouldBeTrue("the writer ends in good order");
        await _process.WaitForExitAsync();
        _process.ExitCode.ShouldBe(0);
    }

    /// <exception cref="InvalidOperationException">It ended by itself: it found a promise broken, and said which on its error output.</exception>
    public void ThrowIfEnded()
    {
        if (_listening.IsCompleted)
        {
            throw new InvalidOperationException("The writer ended by itself; its error output says why.", _listening.Exception);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Gives whether it came to its end.</summary>
    private async Task<bool> ListenAsync(Ledger ledger)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "end")
            {
                return true;
            }

            ledger.Take(line);
        }

        return false;
    }
}
