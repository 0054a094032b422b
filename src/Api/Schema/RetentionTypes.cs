using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Api.Recordings;
using CallCenter.Api.Retention;
using CallCenter.Domain.Retention;
using CallCenter.GraphQL.Types;

namespace CallCenter.Api.Schema;

internal sealed record RetentionPayload(RetentionSettings? Retention, IReadOnlyList<UserError> Errors);

internal sealed record RetentionInput(int RecordingDays, int VoicemailDays, int LadderDays, int PersonDays);

/// <summary>How long what is kept.</summary>
internal static class RetentionTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<RetentionSettings>("Retention", type =>
        {
            type.Description("How many days what is kept; 0: for ever. Nothing of a customer under legal hold is erased.");
            type.Field("recordingDays: Int!", s => s.RecordingDays).Description("Recordings of calls; queues may keep theirs for less.");
            type.Field("voicemailDays: Int!", s => s.VoicemailDays).Description("Messages; queues may keep theirs for less.");
            type.Field("ladderDays: Int!", s => s.LadderDays).Description("SIP messages of calls; CALLCENTER_SIP_LADDER_DAYS may keep them for less.");
            type.Field("personDays: Int!", s => s.PersonDays).Description("Callers and customers after their last contact, while nothing is open for them: then they are forgotten.");
        });
        schema.AddObjectType<RetentionPayload>(type =>
        {
            type.Field("retention: Retention", p => p.Retention);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<RetentionInput>("RetentionInput", type =>
        {
            type.Description("How many days what is kept; 0: for ever.");
            type.Field("recordingDays: Int! = 0");
            type.Field("voicemailDays: Int! = 0");
            type.Field("ladderDays: Int! = 0");
            type.Field("personDays: Int! = 0");
        });
        schema.AddQueryType(query => query.Field("retention: Retention!").Description("How long what is kept.").Authorize(Access.Overseers)
            .Resolve(context => context.Service<RetentionBook>().SettingsAsync(context.RequestAborted)));
        schema.AddMutationType(mutation => mutation.Field("configureRetention(input: RetentionInput!): RetentionPayload!")
            .Description("Keeps all this for so long from now on; what is older goes within moments, and there is no way back.").Authorize(Access.Name(Role.Administrator)).Resolve(async context =>
            {
                var (input, ct) = (context.ArgumentValue<RetentionInput>("input"), context.RequestAborted);
                var settings = new RetentionSettings(input.RecordingDays, input.VoicemailDays, input.LadderDays, input.PersonDays);
                if (await context.Service<RetentionBook>().ConfigureAsync(settings, context.User().UserName, ct) is { } refusal)
                {
                    return new RetentionPayload(null, DeskAccess.ErrorsOf(refusal));
                }

                var (center, clock) = (context.Service<Center>(), context.Service<TimeProvider>());
                await new AudioRetention(center, clock).ScheduleAsync(ct);
                await DataRetention.ScheduleAsync(center, clock.GetUtcNow(), ct);
                return new RetentionPayload(settings, []);
            }));
    }
}
