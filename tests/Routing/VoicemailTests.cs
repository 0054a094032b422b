using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.Routing.Recordings;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Callers who leave a message instead of waiting.</summary>
[Collection(PostgresCollection.Name)]
public sealed class VoicemailTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Who_presses_the_key_leaves_the_queue_as_overflowed_and_a_message_with_its_hash()
    {
        await using var floor = await StartAsync();
        var caller = await RecordedAsync(floor);
        var (id, path) = floor.Switch.Recordings.ShouldHaveSingleItem();
        floor.Switch.Notify(new DtmfReceived(caller, '#', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"StopRecording {id.Value}");
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(4.5), "aa", 72_044, null) { HeardUntil = TimeSpan.FromSeconds(3) });

        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallVoicemailStarted", "CallEnded");
        var events = await floor.EventsAsync(caller);
        events.OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Overflowed);
        await floor.VerbAsync($"HangUp {caller.Value}");
        var left = (await floor.Store.FetchStreamAsync(id.Value)).ShouldHaveSingleItem().Data.ShouldBeOfType<VoicemailLeft>();
        (left.MailboxId, left.Owner, left.CallId, left.Sha256, left.Seconds, left.Bytes).ShouldBe((floor.QueueId, MailboxOwner.Queue, events[0].CallId, "aa", 4.5, 72_044));
        path.ShouldEndWith(left.File);
    }

    [Fact]
    public async Task Who_hangs_up_after_speaking_has_left_the_message_too()
    {
        await using var floor = await StartAsync();
        var caller = await RecordedAsync(floor);
        var (id, path) = floor.Switch.Recordings[0];
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(4), "aa", 64_044, null) { HeardUntil = TimeSpan.FromSeconds(4) });
        await RoutingHarness.UntilAsync(async () => (await floor.Store.FetchStreamAsync(id.Value)).Count == 1, () => "no message");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Overflowed);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0.5, null)]
    [InlineData(0, "No space left on device")]
    public async Task What_is_too_short_or_could_not_be_written_is_no_message_and_says_so(double heard, string? failure)
    {
        await using var floor = await StartAsync();
        var caller = await RecordedAsync(floor);
        var (id, path) = floor.Switch.Recordings[0];
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(6), failure is null ? "aa" : null, failure is null ? 96_044 : 0, failure) { HeardUntil = TimeSpan.FromSeconds(heard) });
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallVoicemailStarted", "CallVoicemailDropped", "CallEnded");
        (await floor.EventsAsync(caller)).OfType<CallVoicemailDropped>().Single().Failure.ShouldBe(failure);
        (await floor.Store.FetchStreamAsync(id.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_hangs_up_before_the_tone_has_left_nothing()
    {
        await using var floor = await StartAsync();
        floor.Switch.PlaysAtOnce = false;
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(caller, '9', null, DtmfMethod.TelephoneEvent));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallVoicemailStarted");
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallVoicemailStarted", "CallVoicemailDropped", "CallEnded");
    }

    [Fact]
    public async Task What_a_killed_process_left_on_the_disk_is_told_at_the_next_start()
    {
        await using var floor = await StartAsync();
        using var folder = new TemporaryFolder();
        var call = Guid.CreateVersion7();
        var (recording, message, silent, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await floor.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, "5551234", "1000", now), new CallRecordingStarted(call, recording, "a.wav", now),
            new CallVoicemailStarted(call, message, floor.QueueId, MailboxOwner.Queue, "b.wav", now), new CallVoicemailStarted(call, silent, floor.QueueId, MailboxOwner.Queue, "none.wav", now));
        WriteWav(Path.Combine(folder.Path, "a.wav"), channels: 2, seconds: 3);
        WriteWav(Path.Combine(folder.Path, "b.wav"), channels: 1, seconds: 5);

        await new CutRecordings(floor.Store, folder.Path, TimeProvider.System).TellAsync(
            [new CutRecording(recording, call, "a.wav")],
            [
                new CutVoicemail(message, call, floor.QueueId, MailboxOwner.Queue, "b.wav", "5551234", null),
                new CutVoicemail(silent, call, floor.QueueId, MailboxOwner.Queue, "none.wav", "5551234", null),
            ],
            default);

        var events = (await floor.Store.FetchStreamAsync(call)).Select(e => e.Data).ToList();
        var recorded = events.OfType<CallRecorded>().ShouldHaveSingleItem();
        (recorded.Seconds, recorded.Bytes, recorded.Sha256?.Length).ShouldBe((3.0, 96_044, 64));
        recorded.Failure.ShouldNotBeNull();
        events.OfType<CallVoicemailDropped>().ShouldHaveSingleItem().VoicemailId.ShouldBe(silent);
        var left = (await floor.Store.FetchStreamAsync(message)).ShouldHaveSingleItem().Data.ShouldBeOfType<VoicemailLeft>();
        (left.Seconds, left.Bytes).ShouldBe((5.0, 80_044));
    }

    private Task<RoutingHarness> StartAsync() => RoutingHarness.StartAsync(postgres, with: settings => settings with { VoicemailKey = "9" });

    /// <summary>A caller who waits, presses the key, and speaks after the tone.</summary>
    private static async Task<LegId> RecordedAsync(RoutingHarness floor)
    {
        floor.Switch.PlaysAtOnce = true;
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(caller, '9', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"Record {caller.Value}");
        return caller;
    }

    private static void WriteWav(string path, int channels, int seconds)
    {
        using var file = new BinaryWriter(File.Create(path));
        var bytes = channels * 2 * 8_000 * seconds;
        file.Write("RIFF"u8);
        file.Write(36 + bytes);
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((short)1);
        file.Write((short)channels);
        file.Write(8_000);
        file.Write(8_000 * channels * 2);
        file.Write((short)(channels * 2));
        file.Write((short)16);
        file.Write("data"u8);
        file.Write(bytes);
        file.Write(new byte[bytes]);
    }
}
