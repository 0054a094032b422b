using System.Text.RegularExpressions;

namespace CallCenter.Postgres;

/// <summary>One installation of PostgreSQL's server programs.</summary>
/// <param name="Folder">Where <c>postgres</c> and <c>initdb</c> are.</param>
/// <param name="Major">Its major version, which a cluster's files belong to.</param>
/// <param name="Libraries">A folder of shared libraries that they need and the system does not have; null for an ordinary installation.</param>
internal sealed partial record PostgresPrograms(string Folder, int Major, string? Libraries)
{
    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Finds the newest installation, or the one that an existing cluster needs.</summary>
    /// <param name="dataFolder">A download by hand or script is looked for below its <c>pg-programs</c>.</param>
    /// <param name="clusterMajor">The major version of the existing cluster; null when there is none.</param>
    /// <param name="ct">Ends the search.</param>
    /// <exception cref="EmbeddedPostgresException">There is none that fits.</exception>
    public static async Task<PostgresPrograms> FindAsync(string dataFolder, int? clusterMajor, CancellationToken ct)
    {
        var found = new List<PostgresPrograms>();
        foreach (var (folder, libraries) in Candidates(dataFolder))
        {
            if (File.Exists(Path.Combine(folder, "initdb")) && await VersionAsync(Path.Combine(folder, "postgres"), ct) is { } major)
            {
                found.Add(new PostgresPrograms(folder, major, libraries));
            }
        }

        return found.Where(programs => clusterMajor is null || programs.Major == clusterMajor).MaxBy(programs => programs.Major)
            ?? throw new EmbeddedPostgresException(clusterMajor is null
                ? "PostgreSQL's server programs were not found on PATH, in /usr/lib/postgresql or in the data folder's pg-programs. "
                    + "Install them (Debian: apt-get install postgresql), or name a server with CALLCENTER_DATABASE."
                : $"The data folder's cluster needs PostgreSQL {clusterMajor}, but only {Describe(found)} was found. "
                    + $"Install it (Debian: apt-get install postgresql-{clusterMajor}), or move the cluster with pg_upgrade.");
    }

    private static IEnumerable<(string Folder, string? Libraries)> Candidates(string dataFolder)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (File.Exists(Path.Combine(folder, "postgres")))
            {
                yield return (folder, null);
            }
        }

        foreach (var folder in Installed("/usr/lib/postgresql"))
        {
            yield return (folder, null);
        }

        var download = Path.Combine(dataFolder, "pg-programs", "usr", "lib");
        foreach (var folder in Installed(Path.Combine(download, "postgresql")))
        {
            yield return (folder, Directory.EnumerateDirectories(download, "*-linux-gnu").FirstOrDefault());
        }
    }

    private static IEnumerable<string> Installed(string root) =>
        Directory.Exists(root)
            ? Directory.EnumerateDirectories(root).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "postgres")))
            : [];

    private static async Task<int?> VersionAsync(string server, CancellationToken ct)
    {
        var (exitCode, output) = await CommandLine.RunAsync(server, ["--version"], ct);
        var match = VersionText().Match(output);
        return exitCode == 0 && match.Success ? int.Parse(match.Groups["major"].Value) : null;
    }

    private static string Describe(List<PostgresPrograms> found) =>
        found.Count == 0 ? "none" : string.Join(", ", found.Select(programs => programs.Major).Distinct().Order());

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionText();
}
