using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Work to be done on the events just written, in their transaction: inline projections.</summary>
internal delegate Task InlineWork(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<StoredEvent> written, CancellationToken ct);

/// <summary>Carries out one request with care: looks its event ids up first, waits for locks and for a lost database, and names what it finds.</summary>
/// <remarks>Where a group cannot be committed as one, each of its requests comes here, so that only the one that cannot be carried out fails.</remarks>
internal sealed class SingleAppend(Resend resend, InlineWork? inline, TimeProvider time)
{
    /// <summary>The inline projections; null when there are none.</summary>
    public InlineWork? Inline => inline;

    /// <param name="request">What to append.</param>
    /// <param name="sentBefore">It was sent, and the answer was lost.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<IReadOnlyList<AppendResult>> RunAsync(AppendRequest request, bool sentBefore, CancellationToken ct) =>
        resend.RunAsync((connection, _) => TryAsync(connection, request, ct), sentBefore, ct);

    private async Task<IReadOnlyList<AppendResult>> TryAsync(NpgsqlConnection connection, AppendRequest request, CancellationToken ct)
    {
        try
        {
            var outcome = (await new AppendStatement().ExecuteAsync(connection, [request], time.GetUtcNow(), probe: true, Inline, ct))[0];
            return outcome.Status switch
            {
                AppendStatus.EventIdsTaken => throw await ConflictAsync(connection, request, ct),
                AppendStatus.CommandRepeated => (await FindCommandAsync(connection, request.CommandId!.Value, ct))!,
                _ => outcome.Results(request),
            };
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UntranslatableCharacter)
        {
            throw new EventNotStorableException([.. request.Streams.Select(stream => stream.First.StreamId)], exception);
        }
    }

    /// <summary>What a command came to that was carried out before; null when it was not.</summary>
    public static async Task<IReadOnlyList<AppendResult>?> FindCommandAsync(NpgsqlConnection connection, Guid commandId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select stream_ids, versions, positions from callcenter.commands where id = $1", connection)
        {
            Parameters = { new() { Value = commandId } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        var (streams, versions, positions) = (reader.GetFieldValue<Guid[]>(0), reader.GetFieldValue<long[]>(1), reader.GetFieldValue<long[]>(2));
        return [.. streams.Select((stream, i) => new AppendResult(stream, versions[i], positions[i], Duplicate: true))];
    }

    private static async Task<EventIdConflictException> ConflictAsync(NpgsqlConnection connection, AppendRequest request, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id from public.mt_events where id = any ($1) order by seq_id", connection)
        {
            Parameters = { new() { Value = request.Events.Select(@event => @event.Serialized.Id).ToArray() } },
        };
        var stored = await command.ColumnAsync<Guid>(ct);
        return new EventIdConflictException(
            stored[0], $"{stored.Count} of the {request.Events.Count} event ids are stored already, but not all of them with the same contents in the same stream; event {stored[0]} is one of them.");
    }
}
