using System.Globalization;
using System.Reflection;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Brings the database to the schema that this store needs: numbered SQL migrations, each applied once, recorded in <c>callcenter.migrations</c>.</summary>
/// <remarks>A migration that was released is never edited: a change is a new number. The first is idempotent, because databases older than the record have its tables.</remarks>
internal static class EventStoreSchema
{
    // "callcntr" in ASCII: one lock for all changes of the schema, whoever makes them.
    private const long SchemaLock = 0x63616c6c636e7472;

    private const string Record = """
        create schema if not exists callcenter;
        create table if not exists callcenter.migrations (number int primary key, name text not null, applied_at timestamptz not null default now());
        select coalesce(array_agg(number), '{}') from callcenter.migrations;
        """;

    // Migrations that are other ones where archived streams lie apart have the same name in this folder.
    private const string PartitionedFolder = "partitioned/";

    private static readonly string[] Scripts = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal))];

    private static readonly Migration[] Migrations =
        [.. Scripts.Where(name => !name.StartsWith(PartitionedFolder, StringComparison.Ordinal)).Select(Migration.Of).OrderBy(migration => migration.Number)];

    /// <summary>Applies what is missing, one process at a time; takes no lock when nothing is.</summary>
    /// <exception cref="NewerSchemaException">A newer version of this program has been here.</exception>
    /// <exception cref="ArchivePartitionsException">The database was made with the other choice of <see cref="EventStoreOptions.ArchivePartitions"/>.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource dataSource, EventStoreOptions options, CancellationToken ct)
    {
        await CheckKindAsync(dataSource, options, ct);
        if (await IsCurrentAsync(dataSource, ct))
        {
            return;
        }

        await ChangeAsync(
            dataSource,
            async (connection, transaction) =>
            {
                await using var record = new NpgsqlCommand(Record, connection, transaction);
                var applied = (int[])(await record.ExecuteScalarAsync(ct))!;
                foreach (var migration in Migrations.Where(migration => !applied.Contains(migration.Number)))
                {
                    await ExecuteAsync(connection, transaction, migration.Sql(options), ct);
                    await ExecuteAsync(connection, transaction, $"insert into callcenter.migrations (number, name) values ({migration.Number}, '{migration.Name}')", ct);
                }
            },
            ct);

        // Of two processes that make a database at once, one may have chosen otherwise.
        await CheckKindAsync(dataSource, options, ct);
    }

    /// <summary>Runs idempotent DDL in one transaction, one process at a time.</summary>
    public static Task ApplyAsync(NpgsqlDataSource dataSource, string ddl, CancellationToken ct) =>
        ChangeAsync(dataSource, (connection, transaction) => ExecuteAsync(connection, transaction, ddl, ct), ct);

    private static async Task<bool> IsCurrentAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        await using var exists = dataSource.CreateCommand("select to_regclass('callcenter.migrations') is not null");
        if (await exists.ExecuteScalarAsync(ct) is not true)
        {
            return false;
        }

        await using var numbers = dataSource.CreateCommand("select number from callcenter.migrations");
        var applied = await numbers.ColumnAsync<int>(ct);
        var newest = applied.DefaultIfEmpty().Max();
        return newest <= Migrations[^1].Number ? applied.Count == Migrations.Length : throw new NewerSchemaException(newest, Migrations[^1].Number);
    }

    private static async Task CheckKindAsync(NpgsqlDataSource dataSource, EventStoreOptions options, CancellationToken ct)
    {
        await using var kind = dataSource.CreateCommand("select relkind = 'p' from pg_class where oid = to_regclass('public.mt_events')");
        if (await kind.ExecuteScalarAsync(ct) is bool partitioned && partitioned != options.ArchivePartitions)
        {
            throw new ArchivePartitionsException(partitioned);
        }
    }

    /// <summary>Changes the schema in one transaction, one process at a time.</summary>
    public static async Task ChangeAsync(NpgsqlDataSource dataSource, Func<NpgsqlConnection, NpgsqlTransaction, Task> change, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, transaction, $"set local client_min_messages = warning; select pg_advisory_xact_lock({SchemaLock})", ct);
        await change(connection, transaction);
        await transaction.CommitAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <param name="Name">Of the embedded file, <c>NNNN_what.sql</c>.</param>
    private sealed record Migration(int Number, string Name)
    {
        public static Migration Of(string resource) => new(int.Parse(resource.AsSpan(0, 4), CultureInfo.InvariantCulture), resource);

        public string Sql(EventStoreOptions options)
        {
            var apart = PartitionedFolder + Name;
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(options.ArchivePartitions && Scripts.Contains(apart, StringComparer.Ordinal) ? apart : Name)!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }
}
