using System.Globalization;

using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

using Microsoft.Extensions.Logging.Abstractions;

using Npgsql;

namespace CallCenter.Calls.Bench;

/// <summary>A center with a floor large enough for the rates to be measured: one queue at 1000 without wrap-up, agents from extension 2001 on.</summary>
internal sealed class BenchCenter : IAsyncDisposable
{
    private const string Password = "bench";
    private const int FirstExtension = 2001;

    private readonly Center _center;

    private BenchCenter(Center center, int agents) => (_center, Agents) = (center, agents);

    public int Agents { get; }

    public NpgsqlDataSource Source => _center.Source;

    /// <summary>Makes it in an empty data folder, before a server starts there. The database runs until both have let go of it.</summary>
    public static async Task<BenchCenter> CreateAsync(string dataFolder, int agents, CancellationToken ct)
    {
        var knobs = Knobs.Read(name => name == "CALLCENTER_DATA" ? dataFolder : null);
        var center = await Center.OpenAsync(knobs, NullLoggerFactory.Instance, ct);
        try
        {
            var now = DateTimeOffset.UtcNow;
            var queue = new CreateQueue(Guid.CreateVersion7(), new QueueSettings("Bench", "1000", WrapUpSeconds: 0), now);
            var streams = new List<StreamAppend> { New(queue.QueueId, Queue.StreamType, QueueDecider.Decide(queue, Queue.Initial).Events) };
            foreach (var extension in Extensions(agents))
            {
                var agent = new CreateAgent(Guid.CreateVersion7(), $"Agent {extension}", extension, [queue.QueueId], now);
                streams.Add(New(agent.AgentId, Agent.StreamType, AgentDecider.Decide(agent, Agent.Initial).Events));
                await SipCredentials.SetAsync(center.Source, extension, Password, agent.Name, ct);
            }

            await center.Store.AppendAsync(streams, EventMetadata.None, ct);
            return new BenchCenter(center, agents);
        }
        catch
        {
            await center.DisposeAsync();
            throw;
        }
    }

    /// <summary>An injection file for SIPp: a line an agent, extension and credentials.</summary>
    public Task WritePhonesAsync(string path, CancellationToken ct) => File.WriteAllLinesAsync(
        path, Extensions(Agents).Select(extension => $"{extension};[authentication username={extension} password={Password}]").Prepend("SEQUENTIAL"), ct);

    public ValueTask DisposeAsync() => _center.DisposeAsync();

    private static IEnumerable<string> Extensions(int agents) =>
        Enumerable.Range(FirstExtension, agents).Select(extension => extension.ToString(CultureInfo.InvariantCulture));

    private static StreamAppend New(Guid id, string type, IEnumerable<object> events) => new(id, type, ExpectedVersion.NoStream, [.. events.Select(EventData.Of)]);
}
