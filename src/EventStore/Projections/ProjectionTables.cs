using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>What is to be done before a projection can run.</summary>
internal enum ProjectionReadiness
{
    /// <summary>Its tables and checkpoints are there.</summary>
    Ready,

    /// <summary>The tables are of an older version, or divided into other shards.</summary>
    NeedsRebuild,

    /// <summary>The tables are of a newer version: another program's turn.</summary>
    Superseded,
}

/// <summary>Where a projection keeps what: its schema, and its rows in <c>mt_event_progression</c>.</summary>
internal static partial class ProjectionTables
{
    private const string Rows = "select name, last_seq_id from public.mt_event_progression where starts_with(name, $1 || ':') order by name for update";

    /// <summary>The schema in which a rebuild takes place.</summary>
    public static string RebuildSchema(string projection) => $"{projection}_rebuild";

    /// <exception cref="ArgumentException">A name cannot be a schema of its own, or there are two of a name.</exception>
    public static void CheckNames(IReadOnlyList<IProjection> projections)
    {
        foreach (var projection in projections)
        {
            CheckName(projection.Name);
        }

        if (projections.GroupBy(projection => projection.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two projections are named '{twice.Key}'.", nameof(projections));
        }
    }

    private static void CheckName(string projection)
    {
        if (!SchemaName().IsMatch(projection) || projection is "public" or "callcenter" || projection.StartsWith("pg_", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{projection}' cannot name a projection: 1 to 40 lower-case letters, digits and underscores, not a schema with another owner.", nameof(projection));
        }
    }

    /// <summary>Makes what is missing, unless another version's tables are there.</summary>
    /// <remarks>
    /// Making an index locks its table even where the index exists. A batch that another process applies meanwhile holds some of the tables and wants the others,
    /// so both lock the checkpoint first of all: one waits for the other, and neither for ever.
    /// </remarks>
    public static async Task<ProjectionReadiness> PrepareAsync(NpgsqlDataSource dataSource, IReadOnlyList<ProjectionShard> shards, CancellationToken ct)
    {
        var readiness = ProjectionReadiness.Ready;
        var projection = shards[0].Projection;
        await EventStoreSchema.ChangeAsync(
            dataSource,
            async (connection, transaction) =>
            {
                var rows = await LockAsync(connection, transaction, projection.Name, ct);
                readiness = Compare(rows, shards);
                if (readiness != ProjectionReadiness.Ready)
                {
                    return;
                }

                await using var command = new NpgsqlCommand($"create schema if not exists {projection.Name}; {projection.Schema(projection.Name)} {projection.Indexes(projection.Name)}", connection, transaction);
                await command.ExecuteNonQueryAsync(ct);
                if (!AreOf(rows, shards))
                {
                    await ReplaceAsync(connection, transaction, shards, rows.Values.FirstOrDefault(), ct);
                }
            },
            ct);
        return readiness;
    }

    /// <summary>All checkpoints of a projection, of whatever version, which stand still until the transaction ends.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string projection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Rows, connection, transaction) { Parameters = { new() { Value = projection } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return rows;
    }

    /// <summary>Puts these shards' checkpoints in the place of all that the projection has: whoever runs it under another version or division can write no more.</summary>
    public static async Task ReplaceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<ProjectionShard> shards, long position, CancellationToken ct)
    {
        var projection = shards[0].Projection.Name;
        await using var command = new NpgsqlCommand(
            $"""
            delete from public.mt_event_progression where starts_with(name, '{projection}:');
            insert into public.mt_event_progression (name, last_seq_id) values {string.Join(", ", shards.Select(shard => $"('{shard.CheckpointName}', {position})"))};
            delete from callcenter.projection_poison where projection = '{projection}' and not skipped
            """,
            connection,
            transaction);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Has the session find rows by index. Its plans are kept, and those made while the tables are empty would read whole tables ever after.</summary>
    public static async Task PreferIndexesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("set enable_seqscan = off", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static ProjectionReadiness Compare(IReadOnlyDictionary<string, long> rows, IReadOnlyList<ProjectionShard> shards)
    {
        var version = shards[0].Projection.Version;
        if (rows.Count == 0)
        {
            return ProjectionReadiness.Ready;
        }

        if (rows.Keys.Max(VersionOf) is var newest && newest != version)
        {
            return newest > version ? ProjectionReadiness.Superseded : ProjectionReadiness.NeedsRebuild;
        }

        // Another division of the streams can go on from one common position, and from nowhere else.
        return AreOf(rows, shards) || rows.Values.Distinct().Count() == 1 ? ProjectionReadiness.Ready : ProjectionReadiness.NeedsRebuild;
    }

    private static bool AreOf(IReadOnlyDictionary<string, long> rows, IReadOnlyList<ProjectionShard> shards) =>
        rows.Count == shards.Count && shards.All(shard => rows.ContainsKey(shard.CheckpointName));

    public static int VersionOf(string checkpoint) =>
        CheckpointVersion().Match(checkpoint) is { Success: true } match ? int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture) : 1;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaName();

    [GeneratedRegex("^[^:]+:V(?<version>[0-9]{1,9}):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CheckpointVersion();
}
