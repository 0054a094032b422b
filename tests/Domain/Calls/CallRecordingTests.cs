using CallCenter.Domain.Calls;

using static CallCenter.Domain.Tests.Calls.CallHistories;

namespace CallCenter.Domain.Tests.Calls;

public sealed class CallRecordingTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-000000000009");
    private static readonly CallEvent[] Recorded = [.. OfPhase[CallPhase.Connected], new CallRecordingStarted(CallId, Id, "a.wav", At(5))];
    private static readonly CallEvent[] Paused = [.. Recorded, new CallRecordingPaused(CallId, Id, "ann", At(6))];

    [Fact]
    public void A_recording_is_paused_and_resumed_each_once()
    {
        Decide(new PauseRecording("ann", At(7)), Recorded).Events.ShouldBe([new CallRecordingPaused(CallId, Id, "ann", At(7))]);
        Decide(new PauseRecording("ann", At(7)), Paused).Events.ShouldBeEmpty();
        Decide(new ResumeRecording(null, At(7)), Paused).Events.ShouldBe([new CallRecordingResumed(CallId, Id, null, At(7))]);
        Decide(new ResumeRecording(null, At(7)), Recorded).Events.ShouldBeEmpty();
    }

    [Fact]
    public void One_recording_at_a_time() => Decide(new StartRecording(Guid.NewGuid(), "b.wav", At(7)), Recorded).Refusal!.Code.ShouldBe("RECORDING_RUNS");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_file_is_told_once_also_when_the_call_has_ended(bool ended)
    {
        CallEvent[] history = ended ? [.. Paused, new CallEnded(CallId, CallParty.Caller, "hang-up", CallOutcome.Handled, At(8))] : Paused;
        var finish = new FinishRecording(Id, "aa", 4.5, 72_044, null, At(9));
        var told = Decide(finish, history).Events.ShouldHaveSingleItem();
        told.ShouldBe(new CallRecorded(CallId, Id, "aa", 4.5, 72_044, null, At(9)));
        Decide(finish, [.. history, told]).Refusal!.Code.ShouldBe("RECORDING_NOT_FOUND");
        Decide(finish with { RecordingId = Guid.NewGuid() }, history).Refusal!.Code.ShouldBe("RECORDING_NOT_FOUND");
    }

    [Fact]
    public void When_the_disk_ended_it_another_can_begin()
    {
        CallEvent[] history = [.. Recorded, new CallRecorded(CallId, Id, null, 2, 44, "no space left on device", At(7))];
        Decide(new StartRecording(OtherAgentId, "b.wav", At(8)), history).Events.ShouldBe([new CallRecordingStarted(CallId, OtherAgentId, "b.wav", At(8))]);
    }

    [Fact]
    public void One_that_is_kept_is_deleted_once_and_not_before_the_call_has_ended()
    {
        var delete = new DeleteRecording(Id, "retention", At(99));
        CallEvent[] kept = [.. Recorded, new CallRecorded(CallId, Id, "aa", 2, 44, null, At(7))];
        Decide(delete, kept).Refusal!.Code.ShouldBe("CALL_STATE");
        CallEvent[] ended = [.. kept, new CallEnded(CallId, CallParty.Caller, "hang-up", CallOutcome.Handled, At(8))];
        var deleted = Decide(delete, ended).Events.ShouldHaveSingleItem();
        deleted.ShouldBe(new CallRecordingDeleted(CallId, Id, "retention", At(99)));
        Decide(delete, [.. ended, deleted]).Refusal!.Code.ShouldBe("RECORDING_NOT_FOUND");
        Decide(delete, [.. Recorded, ended[^1]]).Refusal!.Code.ShouldBe("RECORDING_NOT_FOUND");
    }

    private static Decision<CallEvent> Decide(CallCommand command, CallEvent[] history) => CallDecider.Decide(command, Fold(history));
}
