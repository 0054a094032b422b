using System.Diagnostics;

namespace CallCenter.Postgres.Tests;

/// <summary>Another process that uses the server of a data folder.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly Process _process;

    private OtherProcess(Process process) => _process = process;

    public static async Task<OtherProcess> StartAsync(string dataFolder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OtherProcess).Assembly.Location, dataFolder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("ready");
        return new OtherProcess(process);
    }

    /// <summary>Ends it in good order.</summary>
    public async Task LeaveAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.ExitCode.ShouldBe(0);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
