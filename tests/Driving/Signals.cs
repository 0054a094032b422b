using System.Diagnostics;

namespace CallCenter.Driving;

/// <summary>Sends signals to processes, by number.</summary>
internal static class Signals
{
    /// <param name="signal">Name without SIG: TERM, KILL, STOP, CONT.</param>
    /// <param name="pids">Processes that live.</param>
    public static void Send(string signal, params IEnumerable<int> pids)
    {
        // The shell's own kill: the program of that name is in a package that a minimal system lacks.
        using var kill = Process.Start("sh", ["-c", "kill \"$@\"", "sh", $"-{signal}", .. pids.Select(pid => $"{pid}")]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0, $"kill -{signal} {string.Join(' ', pids)}");
    }

    public static IReadOnlyList<int> ChildrenOf(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    public static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}");
}
