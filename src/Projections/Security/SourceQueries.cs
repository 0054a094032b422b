using Npgsql;

namespace CallCenter.Projections.Security;

/// <summary>An address that nothing is taken from.</summary>
/// <param name="By">User name of who blocked it; null when the telephony did.</param>
public sealed record BlockedSourceView(string Address, string Reason, DateTimeOffset Since, DateTimeOffset Until, string? By);

/// <summary>Reads the blocked addresses.</summary>
public sealed class SourceQueries(NpgsqlDataSource source)
{
    /// <summary>All blocks that are not known to have ended, the latest first.</summary>
    public async Task<IReadOnlyList<BlockedSourceView>> BlockedAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select address, reason, since, until, by_user from sources.blocked order by since desc, address");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var blocked = new List<BlockedSourceView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            blocked.Add(new BlockedSourceView(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3), reader.Get<string>(4)));
        }

        return blocked;
    }
}
