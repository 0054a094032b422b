namespace CallCenter.Routing;

/// <summary>Who served each caller last, by the caller's number. Not thread-safe: it belongs to the loop.</summary>
internal sealed class LastAgents
{
    // Some weeks of a large center; the numbers that were noted first are forgotten first.
    private const int Most = 200_000;

    private readonly Dictionary<string, Guid> _agents = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Null when nobody is known, or the number was withheld.</summary>
    public Guid? Of(string number) => _agents.TryGetValue(number, out var agent) ? agent : null;

    /// <summary>Takes up what was before: what is noted already is later than that.</summary>
    /// <param name="served">The latest first.</param>
    public void Remember(IReadOnlyList<(string Number, Guid AgentId)> served)
    {
        // The oldest is the first to be forgotten.
        var before = served.Where(known => known.Number.Length > 0 && !_agents.ContainsKey(known.Number)).DistinctBy(known => known.Number, StringComparer.Ordinal).Take(Most - _order.Count).ToList();
        foreach (var (number, agent) in Enumerable.Reverse(before))
        {
            Note(number, agent);
        }
    }

    /// <summary>Knows nobody any more.</summary>
    public void Clear()
    {
        _agents.Clear();
        _order.Clear();
    }

    public void Note(string number, Guid agent)
    {
        if (number.Length == 0)
        {
            return;
        }

        if (_agents.TryAdd(number, agent))
        {
            _order.Enqueue(number);
        }

        _agents[number] = agent;
        if (_order.Count > Most)
        {
            _agents.Remove(_order.Dequeue());
        }
    }
}
