using System.Text.RegularExpressions;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A subscription's row in <c>mt_event_progression</c>: how far it is, and the lock under which its parked events change.</summary>
internal static partial class SubscriptionCheckpoint
{
    /// <summary>Takes the row, until the transaction ends.</summary>
    public const string Lock = "select last_seq_id from public.mt_event_progression where name = $1 for update";

    private const string Advance = "update public.mt_event_progression set last_seq_id = $3, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $2";

    /// <summary>The row's name, which no projection's can be.</summary>
    public static string RowOf(string subscription) => $"subscription/{subscription}";

    /// <exception cref="ArgumentException">It cannot name a subscription.</exception>
    public static void CheckName(string subscription)
    {
        if (!Name().IsMatch(subscription))
        {
            throw new ArgumentException($"'{subscription}' cannot name a subscription: 1 to 40 lower-case letters, digits and underscores.", nameof(subscription));
        }
    }

    /// <summary>Makes the row of a subscription that never ran.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource dataSource, string subscription, long position, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("insert into public.mt_event_progression (name, last_seq_id) values ($1, $2) on conflict (name) do nothing");
        command.Parameters.Add(new NpgsqlParameter { Value = RowOf(subscription) });
        command.Parameters.Add(new NpgsqlParameter { Value = position });
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<long> ReadAsync(NpgsqlConnection connection, string subscription, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select last_seq_id from public.mt_event_progression where name = $1", connection)
        {
            Parameters = { new() { Value = RowOf(subscription) } },
        };
        return await command.ExecuteScalarAsync(ct) as long? ?? throw new InvalidOperationException($"The checkpoint of subscription '{subscription}' was removed while it ran.");
    }

    /// <exception cref="InvalidOperationException">It is not where it was left: another process moved it.</exception>
    public static async Task AdvanceAsync(NpgsqlConnection connection, string subscription, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Advance, connection)
        {
            Parameters = { new() { Value = RowOf(subscription) }, new() { Value = from }, new() { Value = to } },
        };
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new InvalidOperationException($"The checkpoint of subscription '{subscription}' is not at {from} any more: another process moved it.");
        }
    }

    [GeneratedRegex("^[a-z0-9_]{1,40}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
