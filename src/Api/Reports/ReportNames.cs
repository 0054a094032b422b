using CallCenter.Projections.Agents;
using CallCenter.Projections.Queues;

using Npgsql;

namespace CallCenter.Api.Reports;

/// <summary>Queues and agents by name, as people ask for them and read them.</summary>
internal sealed class ReportNames
{
    private readonly IReadOnlyList<(Guid Id, string Name)> _queues;
    private readonly IReadOnlyList<(Guid Id, string Name)> _agents;
    private readonly Dictionary<Guid, string> _names;

    private ReportNames(IReadOnlyList<(Guid Id, string Name)> queues, IReadOnlyList<(Guid Id, string Name)> agents) =>
        (_queues, _agents, _names) = (queues, agents, queues.Concat(agents).ToDictionary(named => named.Id, named => named.Name));

    public static async Task<ReportNames> ReadAsync(NpgsqlDataSource source, CancellationToken ct) => new(
        [.. (await new QueueQueries(source, TimeProvider.System).SettingsAsync(ct)).Select(queue => (queue.Id, queue.Settings.Name))],
        [.. (await new AgentQueries(source).PageAsync(int.MaxValue - 1, null, ct)).Nodes.Select(agent => (agent.Id, agent.Name))]);

    /// <summary>The id itself where nobody of it is known any more.</summary>
    public string? Of(Guid? id) => id is { } known ? _names.TryGetValue(known, out var name) ? name : known.ToString() : null;

    /// <exception cref="BadReportException">There is none, or several.</exception>
    public Guid Queue(string asked) => Find("queue", _queues, asked);

    /// <exception cref="BadReportException">There is none, or several.</exception>
    public Guid Agent(string asked) => Find("agent", _agents, asked);

    private static Guid Find(string kind, IReadOnlyList<(Guid Id, string Name)> among, string asked)
    {
        var found = Guid.TryParse(asked, out var id) ? [.. among.Where(named => named.Id == id)] : among.Where(named => named.Name.Equals(asked, StringComparison.OrdinalIgnoreCase)).ToList();
        return found switch
        {
            [var one] => one.Id,
            [] => throw new BadReportException($"{kind}: there is no {kind} \"{asked}\"."),
            _ => throw new BadReportException($"{kind}: several have the name \"{asked}\"; give the id: {string.Join(", ", found.Select(named => named.Id))}."),
        };
    }
}

/// <summary>A report that cannot be made as asked; the message names what and why.</summary>
internal sealed class BadReportException(string message) : Exception(message);
