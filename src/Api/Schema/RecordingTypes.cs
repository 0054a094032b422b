using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Recordings;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record RecordingPayload(CallView? Call, IReadOnlyList<UserError> Errors);

internal static class RecordingTypes
{
    /// <summary>Whoever talks, or watches who does.</summary>
    private static readonly string[] Talkers = [Access.Name(Role.Agent), .. Access.Guards];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<RecordingView>("Recording", type =>
        {
            type.Description("The audio of a call, in a WAV file of two channels: the caller in the first, who talks for the center in the second.");
            type.Field("id: ID!", r => r.Id);
            type.Field("url: String!", r => $"/recordings/{r.Id}.wav").Description("Path on this server; the token is needed there as well, and ranges are served.");
            type.Field("startedAt: DateTime!", r => r.StartedAt);
            type.Field("durationSeconds: Float!", r => r.Seconds ?? 0).Description("Pauses included, which are silence in the file.");
            type.Field("sha256: String!", r => r.Sha256 ?? "").Description("Of the whole file, in hexadecimal, as it is in the event trail.");
            type.Field("bytes: Int!", r => (int)Math.Min(int.MaxValue, r.Bytes ?? 0)).Description("Size of the file.");
            type.Field("failure: String", r => r.Failure).Description("Why it ended before its time, or what is missing in it; null when it is whole.");
        });
        schema.AddObjectType<RecordingPayload>(type =>
        {
            type.Field("call: Call", p => p.Call);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddMutationType(mutation =>
        {
            mutation.Field("pauseRecording(callId: ID!): RecordingPayload!").Description("Nothing is to be heard in the recording from now on, until it is resumed: a card's number is being told.")
                .Authorize(Talkers).Resolve(context => CarryOutAsync(context, (router, call, by) => router.PauseRecordingAsync(call, by)));
            mutation.Field("resumeRecording(callId: ID!): RecordingPayload!").Description("Records what is said again.")
                .Authorize(Talkers).Resolve(context => CarryOutAsync(context, (router, call, by) => router.ResumeRecordingAsync(call, by)));
        });
    }

    /// <summary>The recordings of a call whose files are closed and kept, the latest first.</summary>
    public static async Task<IReadOnlyList<RecordingView>> RecordingsAsync(this IResolverContext context, CallView call) => await context
        .DataLoader<Guid, IReadOnlyList<RecordingView>>("recordings", async (ids, ct) =>
            (await context.Service<RecordingQueries>().OfCallsAsync(ids, ct)).ToDictionary(g => g.Key, g => (IReadOnlyList<RecordingView>)[.. g.Where(r => r is { HasEnded: true, Sha256: not null, DeletedAt: null })]))
        .LoadAsync(call.Id) ?? [];

    private static async Task<RecordingPayload> CarryOutAsync(IResolverContext context, Func<Router, Guid, string, Task<Refusal?>> command)
    {
        var call = context.ArgumentValue<Guid>("callId");
        if (await command(context.Service<Router>(), call, context.User().UserName) is { } refusal)
        {
            return new RecordingPayload(null, [new UserError(refusal.Code, refusal.Message)]);
        }

        await context.Service<Center>().ShowAsync(context.RequestAborted);
        return new RecordingPayload(await context.CallAsync(call), []);
    }
}
