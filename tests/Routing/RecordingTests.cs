using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Recordings of talks, per queue.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RecordingTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_talk_is_recorded_in_two_channels_and_its_file_is_told_with_its_hash()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        var (id, path) = floor.Switch.Recordings.ShouldHaveSingleItem();

        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(4.25), "aa", 136_044, null));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallRecordingStarted", "CallEnded", "CallRecorded");
        var events = await floor.EventsAsync(caller);
        var started = events.OfType<CallRecordingStarted>().Single();
        path.ShouldEndWith(started.File);
        events.OfType<CallRecorded>().Single().ShouldBe(new CallRecorded(started.CallId, started.RecordingId, "aa", 4.25, 136_044, null, events[^1].OccurredAt));
    }

    [Fact]
    public async Task A_queue_that_does_not_want_it_records_nothing()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, agent) = await TalkAsync(floor);
        floor.Switch.Notify(new LegEnded(agent, LegEndReason.RemoteHangUp, null, null));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded");
        floor.Switch.Recordings.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_paused_and_resumed_by_command_in_the_name_of_who_asked()
    {
        await using var floor = await StartAsync();
        var (caller, _) = await TalkAsync(floor);
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallRecordingStarted");
        var call = (await floor.EventsAsync(caller))[0].CallId;
        var id = floor.Switch.Recordings.ShouldHaveSingleItem().Id.Value;

        (await floor.Router.PauseRecordingAsync(call, "ann")).ShouldBeNull();
        floor.Switch.Verbs[^1].ShouldBe($"PauseRecording {id}");
        (await floor.Router.ResumeRecordingAsync(call, "ann")).ShouldBeNull();
        floor.Switch.Verbs[^1].ShouldBe($"ResumeRecording {id}");
        (await floor.EventsAsync(caller)).OfType<CallRecordingPaused>().ShouldHaveSingleItem().By.ShouldBe("ann");
        (await floor.Router.PauseRecordingAsync(Guid.NewGuid(), "ann")).ShouldNotBeNull().Code.ShouldBe("CALL_NOT_FOUND");
    }

    [Fact]
    public async Task It_goes_on_through_hold_and_with_the_next_agent_after_a_transfer()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        floor.Switch.Notify(new LegHeld(agent));
        floor.Switch.Notify(new LegRetrieved(agent));
        floor.Switch.Notify(new TransferRequested(agent, new TransferId(1), "2002", "sip:2002@center", null));
        var next = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(next));
        await floor.VerbAsync($"SetChannel 1 {next.Value}");
        floor.Switch.Recordings.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_talk_that_goes_back_to_a_queue_is_recorded_anew_with_the_next_agent()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        var (id, path) = floor.Switch.Recordings[0];
        floor.Switch.Notify(new TransferRequested(agent, new TransferId(1), "1000", "sip:1000@center", null));
        await floor.VerbAsync($"StopRecording {id.Value}");
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(1), "aa", 32_044, null));
        floor.Switch.Notify(new LegEnded(agent, LegEndReason.RemoteHangUp, null, null));
        var again = await floor.OriginatedAsync(0, times: 2);
        floor.Switch.Notify(new LegAnswered(again));
        await floor.VerbAsync($"Record {caller.Value} {again.Value}");
        (await floor.EventsAsync(caller)).OfType<CallRecordingStarted>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task What_a_caller_does_in_a_mailbox_after_the_talk_is_not_in_its_recording()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        var call = (await floor.EventsAsync(caller))[0].CallId;
        (await floor.Router.TransferAsync(call, $"voicemail {floor.QueueId}", TransferKind.Blind, "ann")).ShouldBeNull();
        await floor.VerbAsync($"StopRecording {floor.Switch.Recordings[0].Id.Value}");
    }

    [Fact]
    public async Task Whoever_joins_speaks_in_the_centers_channel_until_it_leaves()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        var call = (await floor.EventsAsync(caller))[0].CallId;
        (await floor.Router.ConferenceAsync(call, "2002", "ann")).ShouldBeNull();
        var third = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(third));
        await floor.VerbAsync($"SetChannel 1 {agent.Value} {third.Value}");
        floor.Switch.Notify(new LegEnded(third, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"SetChannel 1 {agent.Value}");
    }

    [Fact]
    public async Task A_full_disk_ends_the_recording_and_not_the_call()
    {
        await using var floor = await StartAsync();
        var (caller, agent) = await TalkAsync(floor);
        await floor.VerbAsync($"Record {caller.Value} {agent.Value}");
        var (id, path) = floor.Switch.Recordings[0];
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(2), null, 44, "No space left on device"));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallRecordingStarted", "CallRecorded");
        (await floor.EventsAsync(caller)).OfType<CallRecorded>().Single().Failure.ShouldBe("No space left on device");
        floor.Switch.Verbs.ShouldNotContain(verb => verb.StartsWith("HangUp", StringComparison.Ordinal));
        floor.Switch.Recordings.Count.ShouldBe(1);

        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallRecordingStarted", "CallRecorded", "CallEnded");
    }

    private Task<RoutingHarness> StartAsync() => RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0, with: settings => settings with { Record = true });

    private static async Task<(LegId Caller, LegId Agent)> TalkAsync(RoutingHarness floor)
    {
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        return (caller, agent);
    }
}
