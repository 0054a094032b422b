using CallCenter.Api.Ladders;
using CallCenter.Api.Reading;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Recordings;

namespace CallCenter.Api.Schema;

internal static class CallTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<CallDirection>();
        schema.AddEnumType<CallState>();
        schema.AddEnumType<CallOutcome>();
        schema.AddInputObjectType<CallFilterInput>("CallFilter", type =>
        {
            type.Field("queue: ID");
            type.Field("agent: ID");
            type.Field("customer: ID").Description("From or to the customer's numbers.");
        });
        schema.AddObjectType<CallView>("Call", type =>
        {
            type.Description("One caller's presence, from the first ring to the hang-up and what the agent wrote after it. Figures of queues are those of the last visit.");
            type.Field("id: ID!", c => c.Id);
            type.Field(c => c.Direction);
            type.Field(c => c.State);
            type.Field("from: String!").Description("The caller's number; empty when withheld or unknown, `forgotten` when the caller is.")
                .Resolve((call, context) => context.RevealAsync(call.Id, PersonalKinds.Number, call.From));
            type.Field("to: String!").Description("The dialled number.").Resolve((call, context) => context.RevealAsync(call.Id, PersonalKinds.Number, call.To));
            type.Field("queue: Queue").Resolve((call, context) => context.QueueAsync(call.LastVisit?.QueueId));
            type.Field("agent: Agent").Resolve((call, context) => context.AgentAsync(call.AgentId));
            type.Field("topic: String", c => c.Topic);
            type.Field("segment: String", c => c.Segment);
            type.Field("customerNumber: String").Resolve((call, context) => context.RevealAsync(call.Id, PersonalKinds.CustomerNumber, call.CustomerNumber));
            type.Field(c => c.ReceivedAt);
            type.Field("queuedAt: DateTime", c => c.LastVisit?.QueuedAt);
            type.Field("answeredAt: DateTime", c => c.LastVisit?.AnsweredAt);
            type.Field("endedAt: DateTime", c => c.EndedAt);
            type.Field("waitSeconds: Float", c => Seconds(c.LastVisit?.WaitMs));
            type.Field("talkSeconds: Float", c => Seconds(c.LastVisit?.TalkMs)).Description("Hold excluded.");
            type.Field("holdSeconds: Float", c => c.LastVisit is { AnsweredAt: not null } visit ? Seconds(visit.HoldMs) : null);
            type.Field("afterCallWorkSeconds: Float", c => Seconds(c.LastVisit?.WrapUpMs));
            type.Field("outcome: CallOutcome", c => c.Outcome);
            type.Field("cause: String", c => c.Cause).Description("Why it ended, e.g. `hang-up`, `system-restart`.");
            type.Field("disposition: String", c => c.Disposition);
            type.Field("resolved: Boolean", c => c.Resolved);
            type.Field("sipCallId: String", c => c.SipCallId).Description("Call-ID header of the caller's dialog.");
            type.Field("sipLadder: [SipLadderEntry!]").Authorize(Access.Examiners)
                .Description("Every SIP message of the call, from a few seconds after its end; null when none are kept, or the caller is forgotten.")
                .Resolve(async (call, context) =>
                {
                    var ladder = await context.Service<LadderTable>().FindAsync(call.Id, context.RequestAborted);
                    await context.NoteAsync(["sip"], ladder is null ? [] : [call.Id], context.RequestAborted);
                    return ladder;
                });
            type.Field("timeline: [Event!]!").Description("Every event of the call, in order.").Resolve((call, context) => context.StreamAsync(call.Id));
            type.Field("replay: [ReplayStep!]!").Description("The call told again: every event with what the call was before and after it, and where it is in a recording.").Resolve(async (call, context) =>
                ReplayStep.Of(await context.StreamAsync(call.Id), await context.RecordingsAsync(call)));
            type.Field("media: [CallMedia!]!").Description("How the audio of each leg was, once it has ended; legs without audio are absent.").Resolve(async (call, context) =>
                (await context.StreamAsync(call.Id)).Select(e => e.Data).OfType<CallMediaMeasured>().ToList());
            type.Field("recording: Recording").Description("The latest whose file is closed; null when the call was not recorded.")
                .Resolve(async (call, context) => (await context.RecordingsAsync(call)).FirstOrDefault());
            type.Field("recordings: [Recording!]!").Description("All whose files are closed, the latest first.").Resolve((call, context) => context.RecordingsAsync(call));
            type.Field("version: Int!", c => c.Version);
        });
        schema.AddObjectType<ReplayStep>(type =>
        {
            type.Field("event: Event!", s => s.Event);
            type.Field("secondsIn: Float!", s => s.SecondsIn).Description("Since the call was received.");
            type.Field("before: Call", s => s.Before).Description("Null for the first.");
            type.Field("after: Call!", s => s.After);
            type.Field("recording: Recording", s => s.Recording).Description("In which that moment is heard; null when in none.");
            type.Field("recordingSeconds: Float", s => s.RecordingSeconds).Description("Where in that.");
        });
        schema.AddEnumType<CallParty>();
        schema.AddObjectType<CallMediaMeasured>("CallMedia", type =>
        {
            type.Description("The audio of one leg over its whole life. Scores are estimates by ITU-T G.107, 1 to 4.5; what the remote side did not report is null.");
            type.Field("party: CallParty!", m => m.Party);
            type.Field("agent: Agent").Resolve((measured, context) => context.AgentAsync(measured.AgentId));
            type.Field("codec: String", m => m.Figures.Codec);
            type.Field("packetsSent: Int!", m => (int)Math.Min(int.MaxValue, m.Figures.PacketsSent));
            type.Field("packetsReceived: Int!", m => (int)Math.Min(int.MaxValue, m.Figures.PacketsReceived));
            type.Field("packetsLost: Int!", m => (int)Math.Min(int.MaxValue, m.Figures.PacketsLost)).Description("On the way from the party.");
            type.Field("remotePacketsLost: Int", m => (int?)m.Figures.RemotePacketsLost).Description("On the way to the party, as it reported.");
            type.Field("jitterMs: Float!", m => m.Figures.JitterMs);
            type.Field("remoteJitterMs: Float", m => m.Figures.RemoteJitterMs);
            type.Field("roundTripMs: Float", m => m.Figures.RoundTripMs);
            type.Field("mos: Float", m => m.Figures.Mos).Description("Of the party's voice.");
            type.Field("remoteMos: Float", m => m.Figures.RemoteMos).Description("Of what the party heard.");
            type.Field("silenceSeconds: Float!", m => m.Figures.SilenceSeconds).Description("Pauses of more than a second in which nothing came from the party.");
        });
        Connections.AddTo<CallView>(schema, "Call");
        schema.AddQueryType(query =>
        {
            query.Field("call(id: ID!, at: DateTime): Call").Description("A call, now or as it was at an instant.").Authorize(Access.Overseers).Resolve(async context =>
            {
                var id = context.ArgumentValue<Guid>("id");
                if (context.ArgumentValue<DateTimeOffset?>("at") is not { } at)
                {
                    return await context.CallAsync(id);
                }

                return CallView.At(await context.StreamAsync(id), at);
            });
            query.Field("calls(where: CallFilter, first: Int = 50, after: String): CallConnection!").Description("Calls, newest first.").Authorize(Access.Overseers)
                .Resolve(async context =>
                {
                    var calls = context.Service<CallQueries>();
                    var where = context.ArgumentValue<CallFilterInput?>("where");
                    var filter = where?.ToFilter() ?? new CallFilter();
                    if (where?.Customer is { } customer)
                    {
                        filter = filter with { CustomerKeys = await context.CustomerAsync(customer) is { } known ? await context.CallKeysAsync(known) : [] };
                    }

                    return await context.ConnectAsync((first, after, ct) => calls.PageAsync(filter, first, after, ct), c => calls.CountAsync(filter, c.RequestAborted));
                });
        });
    }

    private static double? Seconds(long? milliseconds) => milliseconds / 1000.0;
}

/// <summary>Which calls; everything that is set must hold.</summary>
internal sealed record CallFilterInput(
    DateTimeOffset? From, DateTimeOffset? To, Guid? Queue, Guid? Agent, string? Number, CallOutcome? Outcome, double? MinWaitSeconds, string? Topic, string? CustomerNumber, Guid? Customer)
{
    public CallFilter ToFilter() => new(From, To, Queue, Agent, CustomerNumber, Number, Outcome, MinWaitSeconds, Topic);
}

/// <summary>An event of a call, and what the call was before and after it.</summary>
/// <param name="SecondsIn">Since the call was received.</param>
/// <param name="RecordingSeconds">Since the beginning of the recording in which that moment is heard.</param>
internal sealed record ReplayStep(StoredEvent Event, double SecondsIn, CallView? Before, CallView After, RecordingView? Recording, double? RecordingSeconds)
{
    /// <param name="stream">All events of the call, in order.</param>
    /// <param name="recordings">Of the call.</param>
    public static IReadOnlyList<ReplayStep> Of(IReadOnlyList<StoredEvent> stream, IReadOnlyList<RecordingView> recordings)
    {
        var (steps, before) = (new List<ReplayStep>(), (CallView?)null);
        for (var i = 0; i < stream.Count; i++)
        {
            var (at, after) = (((CallEvent)stream[i].Data).OccurredAt, CallView.At(stream.Take(i + 1), DateTimeOffset.MaxValue)!);
            var heardIn = recordings.FirstOrDefault(recording => recording.Holds(at));
            steps.Add(new ReplayStep(stream[i], (at - after.ReceivedAt).TotalSeconds, before, after, heardIn, heardIn is null ? null : (at - heardIn.StartedAt).TotalSeconds));
            before = after;
        }

        return steps;
    }
}
