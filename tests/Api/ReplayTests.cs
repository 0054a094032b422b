using CallCenter.Api.CommandLine;
using CallCenter.Domain.Calls;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Recordings;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Calls that are told again.</summary>
public sealed class ReplayTests
{
    private static readonly Guid Ann = new("0194f000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task Every_event_of_a_call_is_told_in_a_sentence()
    {
        var story = new CallStory(new Dictionary<Guid, string> { [Ann] = "Ann" });
        return Snapshot.VerifyAsync(string.Join('\n', EventFixtureTests.Examples.OfType<CallEvent>().Select(story.Tell)));
    }

    [Fact]
    public void A_story_says_when_what_the_call_became_and_where_that_is_heard()
    {
        var (id, queue, recording) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var story = new CallStory(new Dictionary<Guid, string> { [Ann] = "Ann", [queue] = "Support" });
        CallEvent[] events =
        [
            new CallReceived(id, CallDirection.Inbound, "", "1000", Nine), new CallQueued(id, queue, Nine.AddSeconds(0.25)), new CallOffered(id, Ann, Nine.AddSeconds(1)),
            new CallAnswered(id, Ann, Nine.AddSeconds(9)), new CallHeld(id, Nine.AddSeconds(70.25)), new CallEnded(id, CallParty.Caller, "hang-up", CallOutcome.Handled, Nine.AddSeconds(90)),
        ];
        var heard = new RecordingView(recording, id, Nine.AddSeconds(9), false, "a.wav", true, "", 70, 1, null, null);
        ReplayVerb.Lines(events, story, [heard]).ShouldBe(
        [
            "09:00:00.000     0.000 s  a withheld number calls 1000  -> Received",
            "09:00:00.250     0.250 s  waits in queue Support  -> Queued",
            "09:00:01.000     1.000 s  rings at Ann  -> Offered",
            "09:00:09.000     9.000 s  Ann answers  -> Connected  [a.wav 0.0 s]",
            "09:01:10.250    70.250 s  is put on hold  -> OnHold  [a.wav 61.3 s]",
            "09:01:30.000    90.000 s  ends by caller: hang-up, handled  -> Ended",
        ]);
    }
}
