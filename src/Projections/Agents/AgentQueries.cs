using System.Text.Json;

using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Agents;

/// <param name="CallId">The call that the agent is offered, talks in, or wraps up.</param>
/// <param name="Version">Version of the agent's stream that this shows.</param>
public sealed record AgentView(
    Guid Id, string Name, string? Extension, IReadOnlyList<Guid> Queues, AgentStatus Status, DateTimeOffset StatusSince, string? Reason, Guid? CallId, long Version)
{
    public AgentAttributes Attributes { get; init; } = AgentAttributes.None;
}

/// <summary>Reads agents, by name.</summary>
public sealed class AgentQueries(NpgsqlDataSource source)
{
    private const string Columns = "a.id, a.name, a.extension, a.queues, a.status, a.status_since, a.reason, a.call_id, a.version, a.state -> 'Attributes'";

    public async Task<IReadOnlyDictionary<Guid, AgentView>> GetAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var agents = await ReadAsync(new Where().And(ids.ToArray(), p => $"a.id = any({p})"), "", cancellationToken);
        return agents.ToDictionary(a => a.Id);
    }

    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<AgentView>> PageAsync(int first, string? after, CancellationToken cancellationToken)
    {
        var where = new Where();
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(a.name, a.id) > ({where.Parameter(cursor.Key)}, {where.Parameter(cursor.Id)})");
        }

        var agents = await ReadAsync(where, $" limit {where.Parameter(first + 1)}", cancellationToken);
        var shown = agents.Take(first).ToList();
        return new Page<AgentView>(shown, shown.ConvertAll(a => new Cursor(a.Name, a.Id).ToString()), agents.Count > first, after is not null);
    }

    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select count(*)::int from agents.agents");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The whole folded state of every agent, with the version of its stream that it stands for.</summary>
    public async Task<IReadOnlyList<(Agent State, long Version)>> StatesAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select state, version from agents.agents order by name, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var agents = new List<(Agent, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            agents.Add((JsonSerializer.Deserialize<Agent>(reader.GetString(0), EventJson.Options)!, reader.GetInt64(1)));
        }

        return agents;
    }

    /// <summary>The whole folded state of one agent; null when there is none of that id.</summary>
    public async Task<Agent?> StateAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select state from agents.agents where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? JsonSerializer.Deserialize<Agent>(state, EventJson.Options) : null;
    }

    private async Task<List<AgentView>> ReadAsync(Where where, string limit, CancellationToken cancellationToken)
    {
        await using var command = where.Command(source, $"select {Columns} from agents.agents a{where} order by a.name, a.id{limit}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var agents = new List<AgentView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            agents.Add(new AgentView(
                reader.GetGuid(0), reader.GetString(1), reader.Get<string>(2), reader.GetFieldValue<Guid[]>(3), Enum.Parse<AgentStatus>(reader.GetString(4)),
                reader.GetFieldValue<DateTimeOffset>(5), reader.Get<string>(6), reader.GetOrNull<Guid>(7), reader.GetInt64(8))
            {
                Attributes = reader.Get<string>(9) is { } attributes ? JsonSerializer.Deserialize<AgentAttributes>(attributes, EventJson.Options)! : AgentAttributes.None,
            });
        }

        return agents;
    }
}
