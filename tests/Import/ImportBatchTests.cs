using CallCenter.Domain.Calls;
using CallCenter.Domain.Holds;
using CallCenter.Domain.Imports;
using CallCenter.EventStore;
using CallCenter.Import.AnonymousBank;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Imports;
using CallCenter.Projections.Kpi;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

/// <summary>Batches come whole, go whole and come again.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ImportBatchTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Header = "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server";
    private const int Calls = 1_200;

    private static readonly KpiQuery Day = new(new KpiFilter(new(1999, 7, 31, 21, 0, 0, TimeSpan.Zero), new(1999, 8, 1, 21, 0, 0, TimeSpan.Zero), KpiInterval.Day, "Asia/Jerusalem"), []);

    private readonly TemporaryFolder _folder = new();
    private CenterHarness _center = null!;

    public async Task InitializeAsync() => _center = await CenterHarness.CreateAsync(postgres);

    public async Task DisposeAsync()
    {
        await _center.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_batch_under_legal_hold_is_not_reverted()
    {
        var file = await WriteAsync("bank.csv", Enumerable.Range(0, 3).Select(Row));
        await ImportAsync(file);
        var hold = Guid.CreateVersion7();
        await _center.AppendAsync(LegalHolds.StreamId, LegalHolds.StreamType, new LegalHoldSet(hold, "Case 17/26", DateTimeOffset.UnixEpoch, Batch: "bank.csv"));
        (await Should.ThrowAsync<ImportException>(() => RevertAsync("bank.csv"))).Message.ShouldStartWith($"Batch bank.csv is under legal hold {hold}");
        (await HandledAsync()).ShouldBe(3);

        await _center.AppendAsync(LegalHolds.StreamId, LegalHolds.StreamType, new LegalHoldReleased(hold, "Case closed.", DateTimeOffset.UnixEpoch));
        (await RevertAsync("bank.csv")).Calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_reverted_batch_is_in_no_figure_and_no_list_the_trail_tells_of_it_and_it_can_come_again_and_go_again()
    {
        var file = await WriteAsync("bank.csv", Enumerable.Range(0, Calls).Select(Row));
        for (var generation = 1; generation <= 3; generation++)
        {
            (await ImportAsync(file)).ShouldSatisfyAllConditions(
                r => (r.Batch, r.Generation).ShouldBe(("bank.csv", generation)),
                r => (r.Imported, r.AlreadyThere).ShouldBe((Calls, 0)));
            (await ImportAsync(file)).ShouldSatisfyAllConditions(r => (r.Imported, r.AlreadyThere, r.OfOtherBatches).ShouldBe((0, Calls, 0)));
            (await HandledAsync()).ShouldBe(Calls);
            var one = (await _center.Calls.PageAsync(new CallFilter(), 1, null, default)).Nodes[0].Id;

            (await RevertAsync("bank.csv")).ShouldSatisfyAllConditions(r => (r.Generation, r.Calls, r.Shifts).ShouldBe((generation, Calls, 0)));

            (await HandledAsync()).ShouldBe(0);
            (await _center.Calls.CountAsync(new CallFilter(), default)).ShouldBe(0);
            (await _center.Store.FetchStreamAsync(one)).Select(e => e.Data.GetType()).ShouldBe(
                [typeof(CallReceived), typeof(CallEnteredIvr), typeof(CallQueued), typeof(CallAnswered), typeof(CallEnded), typeof(CallWithdrawn)]);
            await Should.ThrowAsync<StreamArchivedException>(() => _center.AppendAsync(one, Call.StreamType, new CallHeld(one, DateTimeOffset.UnixEpoch)));
            (await Should.ThrowAsync<ImportException>(() => RevertAsync("bank.csv"))).Message.ShouldBe("Batch bank.csv has been reverted already.");
        }

        await _center.Runtime.RebuildAsync("calls");
        (await HandledAsync()).ShouldBe(0);
        (await _center.Store.FetchStreamAsync(ImportBatch.IdOf("bank.csv"))).Select(e => e.Data.GetType()).ShouldBe(
            Enumerable.Repeat(new[] { typeof(ImportStarted), typeof(ImportCompleted), typeof(ImportStarted), typeof(ImportCompleted), typeof(ImportReversalStarted), typeof(ImportReverted) }, 3).SelectMany(t => t));
        var batch = (await new ImportQueries(_center.Source).GetAsync(default)).ShouldHaveSingleItem();
        (batch.Name, batch.Generation, batch.Phase, batch.Calls).ShouldBe(("bank.csv", 3, ImportPhase.Reverted, 0));
    }

    [Fact]
    public async Task What_two_batches_say_alike_is_the_firsts_and_comes_with_the_second_when_the_first_is_gone()
    {
        var early = await WriteAsync("early.csv", Enumerable.Range(0, 20).Select(Row));
        var late = await WriteAsync("late.csv", Enumerable.Range(10, 20).Select(Row));
        await ImportAsync(early);
        (await ImportAsync(late)).ShouldSatisfyAllConditions(r => (r.Imported, r.AlreadyThere, r.OfOtherBatches).ShouldBe((10, 10, 10)));
        (await HandledAsync()).ShouldBe(30);

        await RevertAsync("early.csv");
        (await HandledAsync()).ShouldBe(10);
        (await ImportAsync(late)).ShouldSatisfyAllConditions(r => (r.Generation, r.Imported, r.AlreadyThere, r.OfOtherBatches).ShouldBe((1, 10, 10, 0)));
        (await HandledAsync()).ShouldBe(20);
        (await ImportAsync(early)).ShouldSatisfyAllConditions(r => (r.Generation, r.Imported, r.AlreadyThere, r.OfOtherBatches).ShouldBe((2, 10, 10, 10)));
        (await HandledAsync()).ShouldBe(30);
        await RevertAsync("late.csv");
        (await HandledAsync()).ShouldBe(10);
    }

    [Fact]
    public async Task Several_files_make_one_batch_and_go_with_it()
    {
        var first = await WriteAsync("first.csv", Enumerable.Range(0, 5).Select(Row));
        var second = await WriteAsync("second.csv", Enumerable.Range(5, 7).Select(Row));
        await ImportAsync(first, "bank");
        await ImportAsync(second, "bank");
        await _center.CatchUpAsync();
        (await new ImportQueries(_center.Source).GetAsync(default)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(b => (b.Name, b.File, b.Calls, b.Phase).ShouldBe(("bank", "second.csv", 12, ImportPhase.Completed)));
        (await RevertAsync("bank")).Calls.ShouldBe(12);
        (await HandledAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_import_that_was_interrupted_goes_on_and_doubles_nothing()
    {
        var file = await WriteAsync("bank.csv", Enumerable.Range(0, Calls).Select(Row));
        using var stop = new CancellationTokenSource();
        var interrupting = new InterruptingFormat(stop, after: 1_100);
        await Should.ThrowAsync<OperationCanceledException>(() => Runner.RunAsync(new ImportOrder(file, interrupting), null, stop.Token));
        await _center.CatchUpAsync();
        (await new ImportQueries(_center.Source).GetAsync(default)).ShouldHaveSingleItem().Phase.ShouldBe(ImportPhase.Running);

        (await ImportAsync(file)).ShouldSatisfyAllConditions(r => (r.Generation, r.Imported, r.AlreadyThere, r.OfOtherBatches).ShouldBe((1, Calls - 1_000, 1_000, 0)));
        (await HandledAsync()).ShouldBe(Calls);
    }

    [Fact]
    public async Task A_batch_whose_import_was_interrupted_can_be_reverted()
    {
        var file = await WriteAsync("bank.csv", Enumerable.Range(0, Calls).Select(Row));
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => Runner.RunAsync(new ImportOrder(file, new InterruptingFormat(stop, after: 1_100)), null, stop.Token));
        (await RevertAsync("bank.csv")).Calls.ShouldBe(1_000);
        (await HandledAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_reversal_that_was_interrupted_keeps_the_batch_from_coming_and_goes_on()
    {
        var file = await WriteAsync("bank.csv", Enumerable.Range(0, Calls).Select(Row));
        await ImportAsync(file);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => Reversal.RunAsync("bank.csv", new Interruption(stop), stop.Token));
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(file))).Message.ShouldStartWith("Batch bank.csv is half reverted");

        (await RevertAsync("bank.csv")).Calls.ShouldBe(Calls);
        (await HandledAsync()).ShouldBe(0);
        await _center.Runtime.RebuildAsync("calls");
        (await _center.Calls.CountAsync(new CallFilter(), default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_reversal_finds_what_an_interrupted_one_withdrew_without_archiving_it()
    {
        await ImportAsync(await WriteAsync("bank.csv", [Row(1), Row(2)]));
        await RevertAsync("bank.csv");

        // As if it had been killed between the two, before it could say that it was done.
        await using (var command = _center.Source.CreateCommand(
            "update mt_streams set is_archived = false where type = 'call'; update mt_events set is_archived = false where type like 'call%'; "
            + "delete from mt_events where type = 'import_reverted'; update mt_streams set version = version - 1 where type = 'import'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        (await RevertAsync("bank.csv")).Calls.ShouldBe(2);
        await using var count = _center.Source.CreateCommand("select count(*) from mt_events where type = 'call_withdrawn'");
        (await count.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Fact]
    public async Task Queues_and_agents_of_a_known_name_are_those_and_not_made_again()
    {
        var (queue, agent) = (Guid.NewGuid(), Guid.NewGuid());
        var known = new KnownNames(new Dictionary<string, Guid>(StringComparer.Ordinal) { ["PS"] = queue }, new Dictionary<string, Guid>(StringComparer.Ordinal) { ["AVI"] = agent });
        await Runner.RunAsync(new ImportOrder(await WriteAsync("bank.csv", [Row(1)]), new BankFormat()) { Known = known }, null, default);
        await _center.CatchUpAsync();
        (await _center.Calls.PageAsync(new CallFilter(), 1, null, default)).Nodes[0].LastVisit!.ShouldSatisfyAllConditions(v => (v.QueueId, v.AgentId).ShouldBe((queue, agent)));
        (await new Projections.Agents.AgentQueries(_center.Source).CountAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_check_writes_nothing()
    {
        var report = await Runner.RunAsync(new ImportOrder(await WriteAsync("bank.csv", [Row(1), Row(2)]), new BankFormat()) { CheckOnly = true }, null, default);
        (report.Rows, report.LeftOut).ShouldBe((2, 0));
        (await _center.Store.HighWaterMarkAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_name_that_is_none_and_a_batch_that_is_not_there_are_named()
    {
        var file = await WriteAsync("bank.csv", [Row(1)]);
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(file, "a b"))).Message.ShouldStartWith("\"a b\" is no name of a batch");
        (await Should.ThrowAsync<ImportException>(() => RevertAsync("bank"))).Message.ShouldBe("There is no batch bank; ./run import list names those that there are.");
    }

    [Fact]
    public async Task While_one_process_imports_a_batch_another_is_kept_from_it()
    {
        var file = await WriteAsync("bank.csv", [Row(1)]);
        await using (await ExclusiveWork.TryTakeAsync(_center.Source, "callcenter.import.bank.csv", default))
        {
            (await Should.ThrowAsync<ImportException>(() => ImportAsync(file))).Message.ShouldContain("by another process");
        }

        (await ImportAsync(file)).Imported.ShouldBe(1);
    }

    private ImportRunner Runner => new(_center.Store, _center.Source, TimeProvider.System);

    private ImportReversal Reversal => new(_center.Store, _center.Source, TimeProvider.System);

    private Task<ImportReport> ImportAsync(string file, string? batch = null) => Runner.RunAsync(new ImportOrder(file, new BankFormat(), batch), null, default);

    private Task<ReversalReport> RevertAsync(string batch) => Reversal.RunAsync(batch, null, default);

    private async Task<int> HandledAsync()
    {
        await _center.CatchUpAsync();
        return (await _center.Kpis.ReportAsync(Day, default)).Total.ContactsHandled;
    }

    private static string Row(int i) => $"AA0101,{i},{i},0,PS,1999-08-01,9:00:00,9:00:10,10,9:00:10,9:00:20,10,AGENT,9:00:20,9:00:50,30,AVI";

    private async Task<string> WriteAsync(string name, IEnumerable<string> rows)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(path, string.Concat(rows.Prepend(Header).Select(row => row + "\n")));
        return path;
    }

    /// <summary>Cancels when so many histories were read for writing.</summary>
    private sealed class InterruptingFormat(CancellationTokenSource stop, int after) : IHistoryFormat
    {
        private readonly BankFormat _bank = new();
        private int _reading;

        public string Name => _bank.Name;

        public async IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var (count, writing) = (0, ++_reading == 2);
            await foreach (var history in _bank.ReadAsync(path, notes, cancellationToken))
            {
                if (writing && ++count > after)
                {
                    await stop.CancelAsync();
                    cancellationToken.ThrowIfCancellationRequested();
                }

                yield return history;
            }
        }
    }

    private sealed class Interruption(CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value) => stop.Cancel();
    }
}
