using System.Globalization;

using CallCenter.Import.QueueLog;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Queues;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

/// <summary>A log of random calls gives the figures that a plain count over its lines gives.</summary>
[Collection(PostgresCollection.Name)]
public sealed class QueueLogPropertyTests(PostgresFixture postgres) : IDisposable
{
    private const long Start = 1_767_603_600;
    private static readonly KpiQuery Day = new(new KpiFilter(DateTimeOffset.FromUnixTimeSeconds(Start), DateTimeOffset.FromUnixTimeSeconds(Start + (48 * 3600))), [KpiDimension.Queue]);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Figures_are_those_of_a_plain_count(int seed)
    {
        var log = new RandomQueueLog(new Random(seed)).Write(calls: 200);
        var path = Path.Combine(_folder.Path, $"queue_log.{seed}");
        await File.WriteAllLinesAsync(path, log);
        await using var center = await CenterHarness.CreateAsync(postgres);

        var report = await new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(new ImportOrder(path, new QueueLogFormat()), null, default);

        report.Faults.ShouldBeEmpty();
        report.Judgements.ShouldBeEmpty();
        await center.CatchUpAsync();
        var names = (await new QueueQueries(center.Source, TimeProvider.System).SettingsAsync(default)).ToDictionary(q => q.Id, q => q.Settings.Name);
        var rows = (await center.Kpis.ReportAsync(Day, default)).Rows.Where(r => r.Cell.QueueId is not null).ToDictionary(r => names[r.Cell.QueueId!.Value]);
        var lines = log.Select(line => line.Split('|')).ToList();
        rows.Keys.ShouldBe(lines.Where(l => l[4] == "ENTERQUEUE").Select(l => l[2]).Distinct(), ignoreOrder: true);
        foreach (var (queue, row) in rows)
        {
            var own = lines.Where(l => l[2] == queue).ToList();
            row.ContactsOffered.ShouldBe(Count("ENTERQUEUE"));
            row.ContactsHandled.ShouldBe(Count("CONNECT"));
            row.ContactsAbandoned.ShouldBe(Count("ABANDON"));
            row.ContactsOverflowed.ShouldBe(Count("EXITWITHTIMEOUT") + Count("EXITWITHKEY") + Count("EXITEMPTY"));
            row.AgentNonResponse.ShouldBe(Count("RINGNOANSWER") + Count("AGENTDUMP"));
            row.ContactsTransferred.ShouldBe(Count("BLINDTRANSFER"));
            Same(row.AverageSpeedOfAnswerSeconds, Mean("CONNECT", 5));
            Same(row.AverageTimeToAbandonSeconds, Mean("ABANDON", 7));
            Same(row.AverageTalkSeconds, own.Where(l => l[4] is "COMPLETEAGENT" or "COMPLETECALLER").Select(l => Number(l[6])).Concat(own.Where(l => l[4] == "BLINDTRANSFER").Select(l => Number(l[8]))).DefaultIfEmpty().Average());

            int Count(string name) => own.Count(l => l[4] == name);

            double? Mean(string name, int field) => own.Where(l => l[4] == name).Select(l => Number(l[field])).ToList() is { Count: > 0 } all ? all.Average() : null;
        }

        (await SignedInAsync(center)).ShouldBe(lines.Where(l => l[4] == "REMOVEMEMBER").Sum(l => Number(l[0])) - lines.Where(l => l[4] == "ADDMEMBER").Sum(l => Number(l[0])));
        report.Shifts.ShouldBe(lines.Count(l => l[4] == "ADDMEMBER"));
        report.Imported.ShouldBe(lines.Where(l => l[4] == "ENTERQUEUE").Select(l => l[1]).Distinct().Count());
    }

    public void Dispose() => _folder.Dispose();

    private static void Same(double? figure, double? counted)
    {
        figure.HasValue.ShouldBe(counted.HasValue);
        (figure ?? 0).ShouldBe(counted ?? 0, 0.0005);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<double> SignedInAsync(CenterHarness center)
    {
        await using var command = center.Source.CreateCommand("select coalesce(sum(extract(epoch from ended_at - started_at)), 0)::float8 from agents.spans");
        return (double)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Writes what Asterisk would have, had these calls been.</summary>
    private sealed class RandomQueueLog(Random random)
    {
        private static readonly string[] Queues = ["support", "sales", "loans"];
        private static readonly string[] Agents = ["Ann", "Bob", "SIP/8007", "Agent/3001", "Local/5@agents"];
        private readonly List<(long At, string Line)> _lines = [];

        public IReadOnlyList<string> Write(int calls)
        {
            foreach (var agent in Agents)
            {
                var at = Start + random.Next(600);
                for (var shift = 0; shift < random.Next(1, 4); shift++)
                {
                    Add(at, "MANAGER", Queues[0], agent, "ADDMEMBER", "");
                    Add(at + 100, "NONE", Queues[0], agent, "PAUSE", "coffee");
                    Add(at + 160, "NONE", Queues[0], agent, "UNPAUSE", "");
                    at += random.Next(600, 7200);
                    Add(at, "MANAGER", Queues[0], agent, "REMOVEMEMBER", "");
                    at += random.Next(1, 600);
                }
            }

            for (var i = 0; i < calls; i++)
            {
                Call($"{Start + i}.{i}", Start + random.Next(36_000), $"4930{i:D5}");
            }

            return [.. _lines.OrderBy(line => line.At).Select(line => line.Line)];
        }

        private void Call(string id, long at, string caller)
        {
            for (var visits = random.Next(1, 4); visits > 0; visits--)
            {
                var (queue, entered) = (Queues[random.Next(Queues.Length)], at);
                Add(at, id, queue, "NONE", "ENTERQUEUE", $"|{caller}|1");
                for (var rings = random.Next(3); rings > 0; rings--)
                {
                    var rang = random.Next(1, 20);
                    at += rang;
                    var agent = Agents[random.Next(Agents.Length)];
                    _ = random.Next(8) == 0 ? Add(at, id, queue, agent, "AGENTDUMP", "") : Add(at, id, queue, agent, "RINGNOANSWER", $"{rang * 1000}");
                }

                at += random.Next(60);
                var waited = at - entered;
                switch (random.Next(6))
                {
                    case 0:
                        Add(at, id, queue, "NONE", "ABANDON", $"1|1|{waited}");
                        return;
                    case 1 when random.Next(2) == 0:
                        Add(at, id, queue, "NONE", "EXITWITHTIMEOUT", $"1|1|{waited}");
                        break;
                    case 1:
                        Add(at, id, queue, "NONE", "EXITWITHKEY", $"5|1|1|{waited}");
                        break;
                    case 2:
                        Add(at, id, queue, "NONE", "EXITEMPTY", $"1|1|{waited}");
                        break;
                    default:
                        at = Talk(id, at, queue, waited, isLast: visits == 1);
                        break;
                }

                at += random.Next(3);
            }
        }

        private long Talk(string id, long at, string queue, long waited, bool isLast)
        {
            var (agent, talked) = (Agents[random.Next(Agents.Length)], random.Next(300));
            Add(at, id, queue, agent, "CONNECT", $"{waited}|{id}|{Math.Min(waited, 3)}");
            at += talked;
            return !isLast ? Add(at, id, queue, agent, "BLINDTRANSFER", $"700|internal|{waited}|{talked}|1")
                : Add(at, id, queue, agent, random.Next(2) == 0 ? "COMPLETEAGENT" : "COMPLETECALLER", $"{waited}|{talked}|1");
        }

        private long Add(long at, string call, string queue, string agent, string name, string data)
        {
            _lines.Add((at, $"{at}|{call}|{queue}|{agent}|{name}|{data}"));
            return at;
        }
    }
}
