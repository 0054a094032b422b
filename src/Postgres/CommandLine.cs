using System.Diagnostics;

namespace CallCenter.Postgres;

/// <summary>Runs a short program to its end.</summary>
internal static class CommandLine
{
    /// <summary>Gives the exit code and all that it wrote.</summary>
    /// <exception cref="EmbeddedPostgresException">The program cannot be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, (await output + await errors).Trim());
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new EmbeddedPostgresException($"'{start.FileName}' cannot be run: {exception.Message}", exception);
        }
    }
}
