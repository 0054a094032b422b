using System.Collections.Concurrent;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TimerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly Recorder _recorder = new();
    private StoreHarness _harness = null!;
    private DurableTimers _timers = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _timers = new DurableTimers(_harness.DataSource, TimeProvider.System);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task What_came_due_while_nobody_ran_fires_at_the_start_with_what_it_was_given()
    {
        var due = Ago(TimeSpan.FromHours(1));
        (await _timers.ScheduleAsync(new TimerRequest(_id, "test", due, """{"call": 7}"""))).ShouldBeTrue();
        (await _timers.FindAsync(_id)).ShouldBe(new TimerStatus(_id, "test", due, due, 0, LastError: null, IsFiring: false));

        await using var runtime = Run();

        await GoneAsync(_id);
        var fired = _recorder.Fired.ShouldHaveSingleItem();
        (fired.Id, fired.Kind, fired.DueAt, fired.Payload, fired.Attempt).ShouldBe((_id, "test", due, """{"call": 7}""", 1));
    }

    [Fact]
    public async Task Scheduling_the_same_again_changes_nothing_not_even_after_it_has_fired()
    {
        var timer = Due(_id);
        (await _timers.ScheduleAsync(timer)).ShouldBeTrue();
        (await _timers.ScheduleAsync(timer)).ShouldBeFalse();
        await using var runtime = Run();
        await GoneAsync(_id);

        await _timers.ScheduleAsync(timer);
        await GoneAsync(_id);

        _recorder.Fired.Select(fired => fired.FiringId).Distinct().ShouldHaveSingleItem();
        (await _timers.ScheduleAsync(timer with { Payload = "2" })).ShouldBeTrue();
        await GoneAsync(_id);
        _recorder.Fired.Select(fired => fired.FiringId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_timer_that_is_moved_forward_or_scheduled_before_all_others_wakes_the_sleeper()
    {
        await using var runtime = Run(interval: TimeSpan.FromHours(1));
        await _timers.ScheduleAsync(Due(_id) with { DueAt = Ahead(TimeSpan.FromHours(2)) });
        await Eventually.TrueAsync(() => Task.FromResult(runtime.Looks > 0), "it has looked and sleeps");

        (await _timers.ScheduleAsync(Due(_id) with { DueAt = Ahead(TimeSpan.FromMilliseconds(300)) })).ShouldBeTrue();
        await GoneAsync(_id);

        var other = Guid.NewGuid();
        await _timers.ScheduleAsync(Due(other));
        await GoneAsync(other);
        _recorder.Fired.Select(fired => fired.Id).ShouldBe([_id, other]);
        _recorder.Fired.ShouldAllBe(fired => fired.DueAt <= DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_timer_moved_back_does_not_fire_and_a_cancelled_one_never_does()
    {
        var (back, cancelled, last) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await _timers.ScheduleAsync([Due(back), Due(cancelled)]);
        await _timers.ScheduleAsync(Due(back) with { DueAt = Ahead(TimeSpan.FromHours(1)) });
        (await _timers.CancelAsync(cancelled)).ShouldBeTrue();
        (await _timers.CancelAsync(cancelled)).ShouldBeFalse();
        await _timers.ScheduleAsync(Due(last));

        await using var runtime = Run();

        await GoneAsync(last);
        _recorder.Fired.ShouldHaveSingleItem().Id.ShouldBe(last);
        (await _timers.CancelAsync(back)).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_timer_either_fires_or_is_cancelled_however_close_the_two_come()
    {
        var ids = Enumerable.Range(0, 400).Select(_ => Guid.NewGuid()).ToList();
        await _timers.ScheduleAsync([.. ids.Select((id, i) => Due(id) with { DueAt = Ahead(TimeSpan.FromMilliseconds(i)) })]);
        await using var first = Run();
        await using var second = Run();
        var cancelled = new ConcurrentBag<Guid>();

        await Eventually.TrueAsync(() => Task.FromResult(!_recorder.Fired.IsEmpty), "they begin to fire");
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, ct) =>
        {
            if (await _timers.CancelAsync(id, ct))
            {
                cancelled.Add(id);
            }
        });

        await Eventually.TrueAsync(() => Task.FromResult(_recorder.Fired.Count + cancelled.Count >= ids.Count), "each has come to its end");
        _recorder.Fired.Select(fired => fired.Id).Concat(cancelled).Order().ShouldBe(ids.Order());
        cancelled.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_timer_rescheduled_while_it_fires_fires_again_as_it_is_then()
    {
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        _recorder.OnFire = async timer =>
        {
            if (timer.Payload == "1")
            {
                entered.TrySetResult();
                await leave.Task;
            }
        };
        await using var runtime = Run();
        await _timers.ScheduleAsync(Due(_id));
        await entered.Task;

        (await _timers.FindAsync(_id))!.IsFiring.ShouldBeTrue();
        (await _timers.ScheduleAsync(Due(_id) with { Payload = "2" })).ShouldBeTrue();
        leave.SetResult();

        await GoneAsync(_id);
        await Eventually.TrueAsync(() => Task.FromResult(_recorder.Fired.Count == 2), "both have fired");
        _recorder.Fired.Select(fired => fired.Payload).Order().ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_timer_that_fails_is_tried_again_until_it_is_dead_and_then_by_command()
    {
        _recorder.OnFire = _ => throw new InvalidOperationException("no line");
        await using var runtime = Run();
        await _timers.ScheduleAsync(Due(_id));

        await Eventually.TrueAsync(async () => (await _timers.DeadAsync(10)).Count == 1, "it is dead");

        var dead = (await _timers.FindAsync(_id))!;
        (dead.IsDead, dead.Attempts, dead.LastError).ShouldBe((true, 3, "InvalidOperationException: no line"));
        _recorder.Fired.Select(fired => (fired.FiringId, fired.Attempt)).ShouldBe([(_recorder.Fired.First().FiringId, 1), (_recorder.Fired.First().FiringId, 2), (_recorder.Fired.First().FiringId, 3)]);
        (await _timers.CountAsync()).ShouldBe(new TimerCounts(Pending: 0, Dead: 1, Lag: TimeSpan.Zero));
        _recorder.OnFire = _ => Task.CompletedTask;
        (await _timers.RetryAsync(_id)).ShouldBeTrue();
        await GoneAsync(_id);
        (await _timers.RetryAsync(_id)).ShouldBeFalse();
    }

    [Fact]
    public async Task Scheduling_and_cancelling_are_part_of_a_transaction_and_wait_for_no_firing()
    {
        var (kept, dropped, firing) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        _recorder.OnFire = async timer =>
        {
            if (timer.Id == firing)
            {
                entered.TrySetResult();
                await leave.Task;
            }
        };
        await using var runtime = Run();
        await _timers.ScheduleAsync(Due(firing));
        await _timers.ScheduleAsync(Due(kept) with { DueAt = Ahead(TimeSpan.FromHours(1)) });
        await entered.Task;
        await using var connection = await _harness.DataSource.OpenConnectionAsync();

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await _timers.ScheduleAsync([Due(dropped)], connection, transaction);
            (await _timers.CancelAsync(kept, connection, transaction)).ShouldBeTrue();
            (await _timers.CancelAsync(firing, connection, transaction)).ShouldBeFalse();
            await transaction.RollbackAsync();
        }

        (await _timers.FindAsync(dropped)).ShouldBeNull();
        (await _timers.FindAsync(kept)).ShouldNotBeNull();
        leave.SetResult();
        await GoneAsync(firing);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await _timers.ScheduleAsync([Due(dropped)], connection, transaction);
            await transaction.CommitAsync();
        }

        await GoneAsync(dropped);
        _recorder.Fired.Select(fired => fired.Id).ShouldBe([firing, dropped]);
    }

    [Fact]
    public async Task A_hundred_thousand_waiting_timers_cost_no_looks_and_a_look_reads_only_what_is_due()
    {
        var far = Ahead(TimeSpan.FromDays(30));
        foreach (var chunk in Enumerable.Range(0, 100_000).Chunk(10_000))
        {
            (await _timers.ScheduleAsync([.. chunk.Select(i => new TimerRequest(Guid.NewGuid(), "test", far.AddSeconds(i), "{}"))])).ShouldBe(10_000);
        }

        await using (var runtime = Run(interval: TimeSpan.FromHours(1)))
        {
            await Eventually.TrueAsync(() => Task.FromResult(runtime.Looks > 0), "it has looked and sleeps");
            await _timers.ScheduleAsync(Due(_id) with { DueAt = Ahead(TimeSpan.FromSeconds(1)) });
            await GoneAsync(_id);

            // One at the start, one for the message, one when it is due, and one more when the clock of the wait is ahead of the clock of the look.
            runtime.Looks.ShouldBeLessThanOrEqualTo(5);
        }

        // A session tells what it has read at its end at the latest.
        _harness.DataSource.Clear();
        await Eventually.TrueAsync(
            () => _harness.ScalarAsync<bool>("select idx_tup_read > 0 from pg_stat_user_indexes where indexrelname = 'timers_waiting'"), "the sessions have told what they read");
        (await _harness.ScalarAsync<long>("select idx_tup_read from pg_stat_user_indexes where indexrelname = 'timers_waiting'")).ShouldBeLessThan(100);
        (await _harness.ScalarAsync<long>("select seq_tup_read from pg_stat_user_tables where relname = 'timers'")).ShouldBeLessThan(100);
    }

    [Fact]
    public async Task What_cannot_be_scheduled_is_refused_by_name()
    {
        (await Should.ThrowAsync<ArgumentException>(() => _timers.ScheduleAsync(Due(Guid.Empty)))).Message.ShouldContain("id is empty");
        (await Should.ThrowAsync<ArgumentException>(() => _timers.ScheduleAsync(Due(_id) with { Kind = " " }))).Message.ShouldContain($"{_id} has no kind");
        (await Should.ThrowAsync<ArgumentException>(() => _timers.ScheduleAsync(Due(_id) with { Payload = "{" }))).Message.ShouldContain($"The payload of timer {_id} (test) is not JSON");
        (await Should.ThrowAsync<ArgumentException>(() => _timers.ScheduleAsync([Due(_id), Due(_id)]))).Message.ShouldContain($"{_id} is scheduled twice");
        Should.Throw<ArgumentException>(() => new TimerRuntime(_harness.DataSource, [_recorder, new Recorder()], TimeProvider.System, NullLogger.Instance));
    }

    private static DateTimeOffset Ago(TimeSpan span) => Ahead(-span);

    // PostgreSQL keeps microseconds.
    private static DateTimeOffset Ahead(TimeSpan span)
    {
        var at = DateTimeOffset.UtcNow + span;
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static TimerRequest Due(Guid id) => new(id, "test", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "1");

    private TimerRuntime Run(TimeSpan? interval = null)
    {
        var runtime = new TimerRuntime(_harness.DataSource, [_recorder], TimeProvider.System, NullLogger.Instance) { Interval = interval ?? TimerRuntime.LookInterval };
        runtime.Start();
        return runtime;
    }

    private Task GoneAsync(Guid id) => Eventually.TrueAsync(async () => await _timers.FindAsync(id) is null, "the timer has fired");

    private sealed class Recorder : ITimerHandler
    {
        public string Kind => "test";

        public RetryPolicy Retry { get; } = new(3, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30));

        public ConcurrentQueue<DueTimer> Fired { get; } = [];

        public Func<DueTimer, Task> OnFire { get; set; } = _ => Task.CompletedTask;

        public Task FireAsync(DueTimer timer, CancellationToken ct)
        {
            Fired.Enqueue(timer);
            return OnFire(timer);
        }
    }
}
