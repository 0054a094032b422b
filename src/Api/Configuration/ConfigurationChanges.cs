using System.Text.Json;
using System.Text.Json.Nodes;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Alarms;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Retention;
using CallCenter.Domain.Servers;
using CallCenter.Domain.Tickets;
using CallCenter.Domain.Trunks;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

namespace CallCenter.Api.Configuration;

/// <summary>One thing that is another one after an event.</summary>
/// <param name="Path">Members from the outside in, with points between.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is not there any more.</param>
internal sealed record Change(string Path, JsonElement? Before, JsonElement? After);

/// <summary>What events of configuration changed, computed from what the same stream said before: an event tells how things are from then on, and stays as small as it is.</summary>
internal sealed class ConfigurationChanges(EventTrail trail, EventTypes types)
{
    // More versions of one queue's settings than anybody ever makes.
    private const int Most = 100_000;

    // What states also hold: whether there is one, when something was said last, what an agent does just now.
    private static readonly string[] NotConfigured = ["Exists", "LastAt", "Status", "CallId", "Since"];

    private static readonly JsonSerializerOptions Options = EventJson.Options;

    private static readonly Kind[] Kinds =
    [
        Of(Queue.Initial, (QueueEvent e, Queue s) => Queue.Evolve(s, e), typeof(QueueCreated), typeof(QueueChanged)),
        Of(Agent.Initial, (AgentEvent e, Agent s) => Agent.Evolve(s, e), typeof(AgentCreated), typeof(AgentChanged), typeof(AgentDeskChanged), typeof(AgentLoginChanged)),
        Of(DialledNumber.Initial, (NumberEvent e, DialledNumber s) => DialledNumber.Evolve(s, e), typeof(NumberConfigured), typeof(NumberRemoved)),
        Of(new FlowText(null, null), (FlowEvent e, FlowText s) => s.After(e), typeof(FlowSaved), typeof(FlowActivated)),
        Of(Trunk.Initial, (TrunkEvent e, Trunk s) => Trunk.Evolve(s, e), typeof(TrunkConfigured), typeof(TrunkRemoved)),
        Of(Calendar.Initial, (CalendarEvent e, Calendar s) => Calendar.Evolve(s, e), typeof(CalendarConfigured)),
        Of(SlaPolicy.Initial, (SlaEvent e, SlaPolicy s) => SlaPolicy.Evolve(s, e), typeof(SlaConfigured)),
        Of(Mailbox.Initial, (MailboxEvent e, Mailbox s) => Mailbox.Evolve(s, e), typeof(MailboxConfigured)),
        Of(DialPlan.Initial, (DialPlanEvent e, DialPlan s) => DialPlan.Evolve(s, e), typeof(DialPlanChanged)),
        Of(QueueAlarms.Initial, (AlarmEvent e, QueueAlarms s) => QueueAlarms.Evolve(s, e), typeof(AlarmsConfigured)),
        Of(RetentionPolicy.Initial, (RetentionEvent e, RetentionPolicy s) => RetentionPolicy.Evolve(s, e), typeof(RetentionConfigured)),
        Of(ServerSettings.Initial, (ServerEvent e, ServerSettings s) => ServerSettings.Evolve(s, e), typeof(ServerStarted)),
    ];

    /// <summary>What an event changed; nothing for one that configures nothing.</summary>
    public async Task<IReadOnlyList<Change>> OfAsync(StoredEvent stored, CancellationToken ct)
    {
        if (Array.Find(Kinds, kind => kind.Types.Contains(stored.Data.GetType())) is not { } kind)
        {
            return [];
        }

        var events = (await trail.PageAsync(new TrailFilter(stored.StreamId, Types: types.NamesOf(kind.Types)), 0, Most, ct)).Where(e => e.Version <= stored.Version).Select(e => e.Data).ToList();
        JsonNode? before = null;
        var (state, after) = (kind.Initial, (JsonNode?)null);
        foreach (var e in events)
        {
            (before, state) = (after, kind.Evolve(state, e));
            after = JsonSerializer.SerializeToNode(state, state.GetType(), Options);
        }

        var changes = new List<Change>();
        Compare("", before, after, changes);
        return changes;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<Change> changes)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return;
        }

        if (before is not JsonObject and not null || after is not JsonObject and not null)
        {
            changes.Add(new Change(path, Element(before), Element(after)));
            return;
        }

        var (old, now) = (before as JsonObject ?? [], after as JsonObject ?? []);
        foreach (var name in old.Select(member => member.Key).Union(now.Select(member => member.Key), StringComparer.Ordinal))
        {
            if (path.Length > 0 || !NotConfigured.Contains(name, StringComparer.Ordinal))
            {
                Compare(path.Length == 0 ? name : $"{path}.{name}", old[name], now[name], changes);
            }
        }
    }

    private static JsonElement? Element(JsonNode? node) => node is null ? null : JsonSerializer.SerializeToElement(node, Options);

    private static Kind Of<TEvent, TState>(TState initial, Func<TEvent, TState, TState> evolve, params IReadOnlyList<Type> types)
        where TState : notnull => new(types, initial, (state, e) => evolve((TEvent)e, (TState)state));

    /// <summary>The last text of a flow and its active version: earlier texts are in earlier events.</summary>
    private sealed record FlowText(string? Source, int? Active)
    {
        public FlowText After(FlowEvent e) => e switch
        {
            FlowSaved saved => this with { Source = saved.Source },
            FlowActivated activated => this with { Active = activated.Version },
            _ => throw new System.Diagnostics.UnreachableException($"FlowText does not evolve {e.GetType().Name}."),
        };
    }

    private sealed record Kind(IReadOnlyList<Type> Types, object Initial, Func<object, object, object> Evolve);
}
