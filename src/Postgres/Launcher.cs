using System.Diagnostics;

namespace CallCenter.Postgres;

/// <summary>Starts PostgreSQL's programs as the server user.</summary>
/// <remarks>
/// The cluster's folder may lie below one that the server user may not enter (a clone in a 0700 folder, used by root), and its socket's path may exceed the
/// 107 bytes that the kernel takes. Both are solved the same way: the folders are opened before privileges are dropped and handed over as open descriptors, which
/// <c>/proc/self/fd/N</c> names in few bytes and without a walk through the parents. PostgreSQL's processes are forks of the first one, so all have them.
/// </remarks>
internal sealed class Launcher(PostgresPrograms programs, ServerUser user, string logFile)
{
    /// <summary>The socket folder, as the started program sees it.</summary>
    public const string SocketFolder = "/proc/self/fd/8";

    /// <summary>The cluster's folder, as the started program sees it.</summary>
    public const string ClusterFolder = "/proc/self/fd/9";

    // The working directory must be one that the user may return to; a session of its own keeps our terminal's Ctrl-C away from the server.
    private const string Script = """exec 8<"$1" 9<"$2" </dev/null >>"$3" 2>&1; shift 3; cd /; exec setsid "$@" """;

    /// <summary>Starts a program with both folders handed over and its output in the log file.</summary>
    public Process Start(string program, string socketFolder, string clusterFolder, IEnumerable<string> arguments)
    {
        List<string> line = ["-c", Script, "sh", socketFolder, clusterFolder, logFile];
        if (user.Group is not null)
        {
            line.AddRange(["setpriv", $"--reuid={user.Name}", $"--regid={user.Group}", "--clear-groups"]);
        }

        var start = new ProcessStartInfo("/bin/sh", [.. line, program, .. arguments]);
        start.Environment["LC_ALL"] = "C.UTF-8";
        if (programs.Libraries is { } libraries)
        {
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        return CommandLine.Start(start);
    }
}
