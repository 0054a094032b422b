using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

namespace CallCenter.Import.AnonymousBank;

/// <summary>
/// Appends the calls of a bank file as historical events. A call's id follows from its row, so importing a file again, or a longer file that begins alike, adds only what is new.
/// Queues (one a service type) and agents (one a server) are made as needed.
/// </summary>
public sealed class BankImport(PostgresEventStore store, TimeProvider clock)
{
    private const int RowsPerAppend = 1_000;

    /// <summary>The name space of all ids that this format makes.</summary>
    private static readonly Guid Space = new("5f0f5c3e-6d8c-4d0e-9a57-0e1f3b6c2a41");

    /// <exception cref="ImportException">The file cannot be read or is of another format.</exception>
    public async Task<ImportReport> RunAsync(string path, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var file = new BankFile(path);
        var run = new Run(store, new EventMetadata($"import:anonymous-bank:{Path.GetFileName(path)}", null, "import"));
        await foreach (var line in file.ReadAsync(cancellationToken))
        {
            run.Take(line);
            if (run.Pending >= RowsPerAppend)
            {
                await run.AppendAsync(cancellationToken);
                progress?.Report(new ImportProgress(run.Rows, run.Rows / clock.GetElapsedTime(start).TotalSeconds));
            }
        }

        await run.AppendAsync(cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        progress?.Report(new ImportProgress(run.Rows, run.Rows / elapsed.TotalSeconds));
        return run.Report(elapsed, file.StoppedAt);
    }

    private sealed class Run(PostgresEventStore store, EventMetadata metadata)
    {
        private readonly List<Judgement> _judgements = [];
        private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
        private readonly Dictionary<Guid, StreamAppend> _calls = [];
        private readonly Dictionary<Guid, StreamAppend> _others = [];
        private readonly HashSet<Guid> _known = [];
        private int _imported;
        private int _alreadyThere;
        private int _notPlaced;
        private long _events;
        private long _lastPosition;

        public int Rows { get; private set; }

        public int Pending => _calls.Count;

        public void Take(BankLine line)
        {
            Rows++;
            var row = BankRow.Read(line.Fields, (reason, detail) => _judgements.Add(new Judgement(line.Number, reason, detail)));
            if (row is null)
            {
                _notPlaced++;
                return;
            }

            // Two rows that are alike to the letter are two calls: the second is told apart by being the second.
            var times = _seen[line.Text] = _seen.GetValueOrDefault(line.Text) + 1;
            var id = NameBasedGuid.Of(Space, $"call|{line.Text}{(times == 1 ? "" : $"|{times}")}");
            var events = BankCall.Events(id, row, type => Queue(type, row.Entry), name => Agent(name, row.Entry));
            _calls.Add(id, Append(id, Call.StreamType, events));
        }

        public async Task AppendAsync(CancellationToken cancellationToken)
        {
            // Queues and agents first: no reader meets a call that points to nothing.
            if (_others.Count > 0)
            {
                Count(await store.BulkAppendAsync([.. _others.Values], metadata, cancellationToken));
                _others.Clear();
            }

            if (_calls.Count > 0)
            {
                var result = Count(await store.BulkAppendAsync([.. _calls.Values], metadata, cancellationToken));
                _imported += result.Streams;
                _alreadyThere += result.Existing.Count;
                _calls.Clear();
            }
        }

        public ImportReport Report(TimeSpan elapsed, string? stoppedAt) =>
            new(Rows, _imported, _alreadyThere, _notPlaced, _events, _lastPosition, elapsed, _judgements, stoppedAt);

        private BulkAppendResult Count(BulkAppendResult result)
        {
            _events += result.Events;
            _lastPosition = Math.Max(_lastPosition, result.LastPosition);
            return result;
        }

        private Guid Queue(string type, DateTimeOffset at)
        {
            var id = NameBasedGuid.Of(Space, $"queue|{type}");
            return Once(id, Domain.Queues.Queue.StreamType, () => QueueDecider.Decide(new CreateQueue(id, new QueueSettings(type, null), at), Domain.Queues.Queue.Initial).Events);
        }

        private Guid Agent(string name, DateTimeOffset at)
        {
            var id = NameBasedGuid.Of(Space, $"agent|{name}");
            return Once(id, Domain.Agents.Agent.StreamType, () => AgentDecider.Decide(new CreateAgent(id, name, null, [], at), Domain.Agents.Agent.Initial).Events);
        }

        private Guid Once(Guid id, string streamType, Func<IReadOnlyList<DomainEvent>> events)
        {
            if (_known.Add(id))
            {
                _others.Add(id, Append(id, streamType, events()));
            }

            return id;
        }

        private static StreamAppend Append(Guid id, string streamType, IReadOnlyList<DomainEvent> events) =>
            new(id, streamType, ExpectedVersion.NoStream, [.. events.Select((e, i) => new EventData(NameBasedGuid.Of(id, $"event|{i + 1}"), e))]);
    }
}
