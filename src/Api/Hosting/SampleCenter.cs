using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

namespace CallCenter.Api.Hosting;

/// <summary>What sample-center.json holds: whom to call, and whose phone to register with which password.</summary>
internal sealed record SampleCenterFile(IReadOnlyList<SampleQueue> Queues, IReadOnlyList<SampleFlow> Flows, IReadOnlyList<SampleAgent> Agents);

internal sealed record SampleQueue(string Name, string Number);

internal sealed record SampleFlow(string Name, string Number);

internal sealed record SampleAgent(string Name, string Extension, string Password, IReadOnlyList<string> Queues);

/// <summary>A small center to try things on: two queues, ten agents, five each, and a flow that leads to one of the queues.</summary>
internal static class SampleCenter
{
    public const string FileName = "sample-center.json";

    private static readonly SampleQueue[] Queues = [new("Support", "1000"), new("Sales", "1001")];
    private static readonly string[] Names = ["Ada", "Bruno", "Chen", "Dana", "Emil", "Farah", "Goran", "Hana", "Ivan", "Julia"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Makes the center. The file comes first and the events last: cut short at any point, the next start begins anew and the file is true.</summary>
    public static async Task CreateAsync(Center center, string dataFolder, CancellationToken cancellationToken)
    {
        var agents = Names.Select((name, i) => new SampleAgent(name, $"{2001 + i}", Secrets.NewPassword(), [Queues[i / 5].Name])).ToArray();
        await Secrets.WriteFileAsync(Path.Combine(dataFolder, FileName), JsonSerializer.Serialize(new SampleCenterFile(Queues, [WelcomeFlow.Sample], agents), Json), cancellationToken);
        foreach (var agent in agents)
        {
            await SipCredentials.SetAsync(center.Source, agent.Extension, agent.Password, agent.Name, cancellationToken);
        }

        var now = TimeProvider.System.GetUtcNow();
        var queueIds = Queues.ToDictionary(q => q.Name, _ => Guid.CreateVersion7(), StringComparer.Ordinal);
        var queues = Queues.Select(q =>
        {
            var create = new CreateQueue(queueIds[q.Name], new QueueSettings(q.Name, q.Number, RingSeconds: 15, WrapUpSeconds: 2), now);
            return Append(create.QueueId, Queue.StreamType, QueueDecider.Decide(create, Queue.Initial).Events);
        });
        var staff = agents.Select(a =>
        {
            var create = new CreateAgent(Guid.CreateVersion7(), a.Name, a.Extension, [.. a.Queues.Select(q => queueIds[q])], now);
            return Append(create.AgentId, Agent.StreamType, AgentDecider.Decide(create, Agent.Initial).Events);
        });
        await center.Store.AppendAsync([.. queues, .. staff, .. await WelcomeFlow.CreateAsync(center, Queues.Select(q => q.Name), now, cancellationToken)], new EventMetadata(null, null, "sample-center"), cancellationToken);
    }

    internal static StreamAppend Append(Guid id, string type, IEnumerable<object> events) => new(id, type, ExpectedVersion.NoStream, [.. events.Select(e => EventData.Of(e))]);
}
