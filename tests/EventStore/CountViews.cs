namespace CallCenter.EventStore.Tests;

internal sealed record CountView(long Count, long Sum, string Order = "");

/// <summary>Counts each stream's events, and remembers their order; an amount of -1 removes the view, and one of <see cref="Poison"/> cannot be applied.</summary>
internal sealed class StreamCounts(string name = "streams", int version = 1, int shards = 1) : SingleStreamProjection<CountView>
{
    public int? Poison { get; set; }

    public override string Name => name;

    public override int Version => version;

    public override int Shards => shards;

    public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Counted)];

    // A higher version counts each amount as often as its number says, so that a test can see which one wrote.
    protected override CountView? Evolve(CountView? view, StoredEvent stored) => ((Counted)stored.Data).Amount switch
    {
        -1 => null,
        var amount when amount == Poison => throw new InvalidDataException($"{amount} is poison"),
        var amount => new CountView((view?.Count ?? 0) + 1, (view?.Sum ?? 0) + (amount * version), $"{view?.Order} {stored.Version}".Trim()),
    };
}

/// <summary>Sums by whether the amount is even or odd, over all streams.</summary>
internal sealed class ParityCounts(string name = "parity") : MultiStreamProjection<string, CountView>
{
    public override string Name => name;

    public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Counted)];

    protected override IEnumerable<string> KeysOf(StoredEvent stored) => ((Counted)stored.Data).Amount switch
    {
        0 => [],
        var amount => [amount % 2 == 0 ? "even" : "odd", "all"],
    };

    protected override CountView Evolve(string key, CountView? view, StoredEvent stored) =>
        new((view?.Count ?? 0) + 1, (view?.Sum ?? 0) + ((Counted)stored.Data).Amount);
}

/// <summary>Sums inside the server; an amount of 13 divides by nothing.</summary>
internal sealed class SqlSums(string name = "sums", int shards = 1) : SqlProjection
{
    public override string Name => name;

    public override int Shards => shards;

    public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Counted)];

    public override string Schema(string schemaName) => $"create table if not exists {schemaName}.sums (stream_id uuid primary key, events bigint not null, amount bigint not null)";

    protected override IReadOnlyList<string> Statements(string schemaName) =>
    [
        $$"""
        insert into {{schemaName}}.sums as s select e.stream_id, count(*), sum((e.data->>'Amount')::bigint) from {events} e group by e.stream_id
        on conflict (stream_id) do update set events = s.events + excluded.events, amount = s.amount + excluded.amount
        """,
        "select 1 / ((e.data->>'Amount')::bigint - 13) from {events} e",
    ];
}
