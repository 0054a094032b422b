namespace CallCenter.Postgres;

/// <summary>The operating-system user that the server runs as; the database's superuser has the same name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Group">Its primary group's number, when we are root and must become this user, because PostgreSQL refuses to run as root; otherwise null.</param>
internal sealed record ServerUser(string Name, string? Group)
{
    // Debian's package makes the first, every system has the second.
    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    /// <summary>Who it is for this data folder: we ourselves, or as root the owner of the existing cluster, or an unprivileged user.</summary>
    /// <exception cref="EmbeddedPostgresException">The cluster belongs to somebody else and we are not root.</exception>
    public static async Task<ServerUser> ForAsync(string clusterFolder, CancellationToken ct)
    {
        var exists = File.Exists(Path.Combine(clusterFolder, "PG_VERSION"));
        var owner = exists ? await OwnerAsync(clusterFolder, ct) : null;
        if (!Environment.IsPrivilegedProcess)
        {
            var self = Environment.UserName;
            return owner is null || string.Equals(owner, self, StringComparison.Ordinal)
                ? new ServerUser(self, Group: null)
                : throw new EmbeddedPostgresException(
                    $"The database in {clusterFolder} belongs to user '{owner}', not to '{self}'. Run as root or as '{owner}', or use another data folder (CALLCENTER_DATA).");
        }

        // A cluster that was made by an ordinary user stays that user's.
        foreach (var name in owner is null or "root" ? Unprivileged : [owner])
        {
            var (exitCode, group) = await CommandLine.RunAsync("id", ["--group", name], ct);
            if (exitCode == 0)
            {
                return new ServerUser(name, group);
            }
        }

        throw new EmbeddedPostgresException($"PostgreSQL does not run as root, and there is no user '{owner ?? string.Join("' or '", Unprivileged)}' to run it as.");
    }

    /// <summary>The name of a file's owner.</summary>
    public static async Task<string> OwnerAsync(string path, CancellationToken ct)
    {
        var (exitCode, output) = await CommandLine.RunAsync("stat", ["--format=%U", "--", path], ct);
        return exitCode == 0 ? output : throw new EmbeddedPostgresException($"The owner of {path} cannot be read: {output}");
    }

    /// <summary>Makes a folder that belongs to this user and is closed to all others, root aside.</summary>
    public async Task MakePrivateFolderAsync(string path, CancellationToken ct)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await GiveAsync(path, ct);
    }

    /// <summary>Makes a folder this user's own.</summary>
    public async Task GiveAsync(string path, CancellationToken ct)
    {
        if (Group is not null)
        {
            // "name:" means the user's own group.
            var (exitCode, output) = await CommandLine.RunAsync("chown", ["--recursive", $"{Name}:", "--", path], ct);
            if (exitCode != 0)
            {
                throw new EmbeddedPostgresException($"{path} cannot be given to user '{Name}': {output}");
            }
        }
    }
}
