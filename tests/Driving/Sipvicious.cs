using System.Diagnostics;
using System.Net;
using CallCenter.Testing;

namespace CallCenter.Driving;

/// <summary>The tools of sipvicious as an attacker uses them, from an address that nobody trusts.</summary>
internal static class Sipvicious
{
    // The first thing that an attacker changes is the name in User-Agent. And svwar's and svcrack's -b has no effect in version 0.3.3: their sockets are bound here.
    private const string Script = """
        import socket
        import sys
        from importlib import import_module
        import sipvicious.libs.svhelper as helper
        agent, address, tool = sys.argv[1:4]
        bind = socket.socket.bind
        socket.socket.bind = lambda bound, to: bind(bound, (address, to[1]))
        helper.makeRequest.__defaults__ = tuple(agent if d == 'friendly-scanner' else d for d in helper.makeRequest.__defaults__)
        main = import_module('sipvicious.' + tool).main
        sys.argv = sys.argv[3:]
        main()
        """;

    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

    /// <summary>Runs a tool to its end, or until the attacker loses patience; gives what it printed.</summary>
    /// <param name="tool">svmap, svwar or svcrack.</param>
    /// <param name="userAgent">What it calls itself; <c>friendly-scanner</c> when nobody changed it.</param>
    /// <param name="from">The address that it attacks from.</param>
    /// <param name="server">What it attacks.</param>
    /// <param name="arguments">Others.</param>
    public static async Task<string> RunAsync(string tool, string userAgent, string from, IPEndPoint server, params string[] arguments)
    {
        using var home = new TemporaryFolder();
        var start = new ProcessStartInfo("python3") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home.Path };
        string[] all = ["-c", Script, userAgent, from, tool, "-x", from, "-P", $"{FreePorts.Udp()}", "-p", $"{server.Port}", .. arguments, $"{server.Address}"];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PYTHONPATH"] = Folder();
        start.Environment["HOME"] = home.Path;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(LongestRun);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        return await output + await errors;
    }

    // Beside the programs, which may have been unpacked into a folder of ours.
    private static string Folder() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(folder => File.Exists(Path.Combine(folder, "svmap")))
            .Select(folder => Path.Combine(folder, "..", "share", "sipvicious")).First(Directory.Exists);
}
