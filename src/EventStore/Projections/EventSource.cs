using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Rows of <c>mt_events</c> as a subquery, with the values of its parameters, which are numbered from 1.</summary>
internal sealed record EventSource(string Sql, IReadOnlyList<object> Values)
{
    /// <summary>Certain events, and no other that others may have committed between them.</summary>
    public static EventSource At(IReadOnlyList<StoredEvent> events) =>
        new("(select * from public.mt_events where seq_id = any ($1))", [events.Select(stored => stored.Position).ToArray()]);

    /// <summary>All events of a shard in a range of positions but those that are skipped.</summary>
    public static EventSource Between(ProjectionShard shard, long after, long upTo, IReadOnlySet<long> skipped) => new(
        $"(select * from public.mt_events e where e.seq_id > $1 and e.seq_id <= $2 and e.type = any ($3) and e.seq_id <> all ($4){shard.Filter})",
        [after, upTo, shard.TypeNames, skipped.Where(position => position > after && position <= upTo).ToArray()]);

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        foreach (var value in Values)
        {
            parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
