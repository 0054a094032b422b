using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace CallCenter.Postgres;

/// <summary>A cluster's files and its server process. Every change of either is made under the data folder's start lock.</summary>
internal sealed partial class Cluster(DataFolder folder, ServerUser user, PostgresPrograms programs, ILogger logger)
{
    private const int Interrupt = 2;

    private static readonly string[] Settings =
    [
        "listen_addresses=", "unix_socket_permissions=0700", $"unix_socket_directories={Launcher.SocketFolder}", "cluster_name=callcenter",
        "fsync=on", "synchronous_commit=on", "full_page_writes=on",
        "shared_buffers=256MB", "max_wal_size=2GB", "max_connections=200", "jit=off",
        "timezone=UTC", "log_timezone=UTC", "log_line_prefix=%m [%p] ",
    ];

    private readonly Launcher _launcher = new(programs, user, folder.Log);

    /// <summary>The process id of the running server on this cluster; null when there is none.</summary>
    /// <remarks>A process id in the lock file alone proves nothing, ids are used again. A server has our cluster as its working directory.</remarks>
    public static int? FindServer(DataFolder folder)
    {
        if (ReadLockFile(folder.LockFile) is not ({ } pid, var contents))
        {
            return null;
        }

        return ReadLockFile($"/proc/{pid}/cwd/postmaster.pid") is (_, var seenByIt) && string.Equals(seenByIt, contents, StringComparison.Ordinal) && IsServer(pid) ? pid : null;
    }

    /// <summary>Makes the cluster if it is not there yet. Interrupted at any point, the next call begins anew.</summary>
    public async Task EnsureFilesAsync(CancellationToken ct)
    {
        if (folder.ClusterExists)
        {
            return;
        }

        LogCreating(logger, folder.Cluster, programs.Major, user.Name);
        folder.RemoveUnfinishedCluster();
        await user.MakePrivateFolderAsync(folder.UnfinishedCluster, ct);
        var logStart = folder.LogLength;
        using var initDb = _launcher.Start(
            programs.InitDb,
            folder.SocketTarget,
            folder.UnfinishedCluster,
            ["--pgdata", Launcher.ClusterFolder, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username", user.Name]);
        await initDb.WaitForExitAsync(ct);
        if (initDb.ExitCode != 0)
        {
            throw new EmbeddedPostgresException($"initdb failed with exit code {initDb.ExitCode}. {folder.Log} says:\n{folder.ReadLog(logStart)}");
        }

        folder.FinishCluster();
    }

    /// <summary>Starts the server process; it recovers by itself from a crash, which may take a while after this returns.</summary>
    public Process Start()
    {
        RemoveStaleLocks();
        return _launcher.Start(programs.Server, folder.SocketTarget, folder.Cluster, ["-D", Launcher.ClusterFolder, .. Settings.SelectMany(setting => (string[])["-c", setting])]);
    }

    /// <summary>Asks the server for a fast shutdown: sessions are ended, everything is written, nothing is lost.</summary>
    public static void RequestStop(int pid) => _ = Kill(pid, Interrupt);

    // No server runs here, that is known. PostgreSQL refuses to start when the process id in an old lock file has passed to any other living process,
    // as it does soon in a container; then the file tells nothing and has to go. Otherwise it stays, because PostgreSQL learns from it of surviving backends.
    private void RemoveStaleLocks()
    {
        if (ReadLockFile(folder.LockFile) is ({ } pid, _) && Directory.Exists($"/proc/{pid}") && !IsServer(pid))
        {
            LogStaleLock(logger, folder.LockFile, pid);
            File.Delete(folder.LockFile);
        }

        foreach (var file in Directory.EnumerateFiles(folder.SocketTarget, ".s.PGSQL.*"))
        {
            File.Delete(file);
        }
    }

    private static bool IsServer(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim() is "postgres";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static (int? Pid, string Contents)? ReadLockFile(string path)
    {
        try
        {
            // Only what stays the same while it runs: process id, folder, start time.
            var lines = File.ReadLines(path).Take(3).ToArray();
            return lines.Length == 3 && int.TryParse(lines[0], out var pid) ? (pid, string.Join('\n', lines)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LoggerMessage(Level = LogLevel.Information, Message = "Creating a PostgreSQL {Major} cluster in {Folder}, owned by {User}")]
    private static partial void LogCreating(ILogger logger, string folder, int major, string user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removing {File}: its process id {Pid} belongs to another program now")]
    private static partial void LogStaleLock(ILogger logger, string file, int pid);
}
