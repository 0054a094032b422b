using Npgsql;

namespace CallCenter.Projections.Customers;

/// <summary>Which customers. Everything that is set must hold.</summary>
/// <param name="Segment">In this one.</param>
/// <param name="MinValue">Worth at least so much; those whose worth is not known are not.</param>
public sealed record CustomerFilter(string? Segment = null, decimal? MinValue = null);

/// <summary>Lists customers, the newest first. Who was merged into another is not listed, who is forgotten is.</summary>
public sealed class CustomerList(NpgsqlDataSource source, CustomerQueries customers)
{
    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<CustomerView>> PageAsync(CustomerFilter filter, int first, string? after, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(c.created_at, c.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        var ids = new List<Guid>();
        await using (var command = where.Command(source, $"select c.id from customers.customers c{where} order by c.created_at desc, c.id desc limit {where.Parameter(first + 1)}"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
            }
        }

        var shown = ids.Take(first).ToList();
        var found = await customers.GetAsync(shown, cancellationToken);
        var nodes = shown.Where(found.ContainsKey).Select(id => found[id]).ToList();
        return new Page<CustomerView>(nodes, nodes.ConvertAll(c => Cursor.Of(c.CreatedAt, c.Id).ToString()), ids.Count > first, after is not null);
    }

    public async Task<int> CountAsync(CustomerFilter filter, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        await using var command = where.Command(source, $"select count(*)::int from customers.customers c{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Where Conditions(CustomerFilter filter) => new Where().And("c.merged_into is null").And(filter.Segment, p => $"c.segment = {p}").And(filter.MinValue, p => $"c.value >= {p}");
}
