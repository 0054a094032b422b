using System.Text;

namespace CallCenter.Postgres;

/// <summary>What lies where in a data folder.</summary>
internal sealed class DataFolder
{
    // sockaddr_un.sun_path has 108 bytes, the last one zero.
    private const int LongestSocketPath = 107;
    private const string SocketFile = ".s.PGSQL.5432";
    private const int LogExcerptBytes = 4_000;

    public DataFolder(string path)
    {
        Root = Path.GetFullPath(path);
        SocketTarget = Socket;
    }

    public string Root { get; }

    public string Cluster => Path.Combine(Root, "pg");

    public string UnfinishedCluster => Path.Combine(Root, "pg.new");

    public string LockFile => Path.Combine(Cluster, "postmaster.pid");

    public string Log => Path.Combine(Root, "pg.log");

    /// <summary>Held exclusively around every decision to start or stop.</summary>
    public string StartLock => Path.Combine(Root, "pg.lock");

    /// <summary>Held in common by every process that uses the server.</summary>
    public string Users => Path.Combine(Root, "pg.users");

    /// <summary>The folder that clients may be given, or a link to it.</summary>
    public string Socket => Path.Combine(Root, "pg-socket");

    /// <summary>The folder that the socket really is in.</summary>
    public string SocketTarget { get; private set; }

    /// <summary>The cluster is complete: it is moved into place only then.</summary>
    public bool ClusterExists => File.Exists(Path.Combine(Cluster, "PG_VERSION"));

    /// <summary>The PostgreSQL version of the cluster's files; null when there are none.</summary>
    public int? ClusterMajor => ClusterExists ? int.Parse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")).Trim()) : null;

    public void RemoveUnfinishedCluster()
    {
        if (Directory.Exists(UnfinishedCluster))
        {
            Directory.Delete(UnfinishedCluster, recursive: true);
        }
    }

    public void FinishCluster() => Directory.Move(UnfinishedCluster, Cluster);

    /// <summary>How long the server's log is now.</summary>
    public long LogLength => File.Exists(Log) ? new FileInfo(Log).Length : 0;

    /// <summary>What was logged since; its last part, if much.</summary>
    public string ReadLog(long since)
    {
        using var stream = new FileStream(Log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(Math.Max(since, stream.Length - LogExcerptBytes), SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Trim();
    }

    /// <summary>Makes the socket's folder: under the data folder, or when that path is too long for a socket, a private one under /tmp with a link to it.</summary>
    public async Task EnsureSocketFolderAsync(ServerUser user, CancellationToken ct)
    {
        // A comma would make Npgsql read a list of hosts.
        if (Encoding.UTF8.GetByteCount(Path.Combine(Socket, SocketFile)) <= LongestSocketPath && !Socket.Contains(',', StringComparison.Ordinal))
        {
            await user.MakePrivateFolderAsync(Socket, ct);
            SocketTarget = Socket;
            return;
        }

        if (new DirectoryInfo(Socket).LinkTarget is { } target && await IsPrivateAsync(target, user, ct))
        {
            SocketTarget = target;
            return;
        }

        // mktemp makes a folder that was not there before and is ours alone: nobody can have put one in its place.
        var (exitCode, output) = await CommandLine.RunAsync("mktemp", ["--directory", "/tmp/callcenter-pg-XXXXXXXX"], ct);
        if (exitCode != 0)
        {
            throw new EmbeddedPostgresException($"No folder for PostgreSQL's socket could be made in /tmp: {output}");
        }

        await user.GiveAsync(output, ct);
        File.Delete(Socket);
        File.CreateSymbolicLink(Socket, output);
        SocketTarget = output;
    }

    /// <summary>Removes the socket's folder under /tmp, after the server has stopped.</summary>
    public void RemoveTemporarySocketFolder()
    {
        if (!string.Equals(SocketTarget, Socket, StringComparison.Ordinal))
        {
            Directory.Delete(SocketTarget, recursive: true);
            File.Delete(Socket);
        }
    }

    // After a reboot /tmp is empty, and somebody else may have made a folder of that name since.
    private static async Task<bool> IsPrivateAsync(string folder, ServerUser user, CancellationToken ct)
    {
        var (exitCode, output) = await CommandLine.RunAsync("stat", ["--format=%F %a %U", "--", folder], ct);
        return exitCode == 0 && string.Equals(output, $"directory 700 {user.Name}", StringComparison.Ordinal);
    }
}
