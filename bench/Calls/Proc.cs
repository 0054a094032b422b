using System.Globalization;

namespace CallCenter.Calls.Bench;

/// <summary>CPU time and memory of processes, from /proc (proc(5)).</summary>
internal static class Proc
{
    // Fields of stat after the program's name, counted from the state, which is field 3 of the manual.
    private const int Parent = 1;
    private const int UserTicks = 11;
    private const int SystemTicks = 12;
    private const int ReapedUserTicks = 13;
    private const int ReapedSystemTicks = 14;
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds that a process has used so far.</summary>
    public static double CpuSeconds(int id) => Seconds(Stat(id), UserTicks, SystemTicks);

    /// <summary>The same of a process, its children, and those of its children that have ended.</summary>
    public static double FamilyCpuSeconds(int id)
    {
        var seconds = Seconds(Stat(id), UserTicks, SystemTicks, ReapedUserTicks, ReapedSystemTicks);
        foreach (var child in Children(id))
        {
            seconds += CpuSeconds(child);
        }

        return seconds;
    }

    /// <summary>Resident memory, MB.</summary>
    public static double ResidentMegabytes(int id) => Kilobytes($"/proc/{id}/status", "VmRSS:") / 1024;

    /// <summary>Memory of a process and its children, MB; what they share is counted once (Pss).</summary>
    public static double FamilyMegabytes(int id) => Children(id).Append(id).Sum(member => Kilobytes($"/proc/{member}/smaps_rollup", "Pss:")) / 1024;

    public static int ParentOf(int id) => int.Parse(Stat(id)[Parent], CultureInfo.InvariantCulture);

    private static List<int> Children(int id) =>
        [.. File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture))];

    // The name is in parentheses and may hold anything.
    private static string[] Stat(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double Seconds(string[] stat, params ReadOnlySpan<int> fields)
    {
        var ticks = 0L;
        foreach (var field in fields)
        {
            ticks += long.Parse(stat[field], CultureInfo.InvariantCulture);
        }

        return ticks / TicksPerSecond;
    }

    private static double Kilobytes(string file, string name) =>
        double.Parse(File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
