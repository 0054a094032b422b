using CallCenter.Domain.Tickets;

using Npgsql;

namespace CallCenter.Api.Tickets;

/// <summary>Where tickets' numbers come from: a sequence, because a number is drawn once and for ever, and missing ones hurt nobody (adr/0040).</summary>
internal static class TicketNumbers
{
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select pg_advisory_xact_lock(hashtext('callcenter.ticket_numbers')); create sequence if not exists callcenter.ticket_numbers as int start 100;");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A number that no ticket has.</summary>
    public static async Task<int> DrawAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select nextval('callcenter.ticket_numbers')");
        return TicketNumber.Of((long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}
