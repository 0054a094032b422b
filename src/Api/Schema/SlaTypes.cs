using CallCenter.Api.Tickets;
using CallCenter.Domain.Tickets;
using CallCenter.GraphQL.Types;

namespace CallCenter.Api.Schema;

internal sealed record SlaPayload(SlaSettings? Sla, IReadOnlyList<UserError> Errors);

internal sealed record SlaTargetInput(TicketPriority Priority, string? Segment, int? ResponseSeconds, int? ResolutionSeconds);

internal sealed record SlaInput(Guid? Calendar, IReadOnlyList<SlaTargetInput> Targets, int ReopenDays);

/// <summary>What is promised of tickets.</summary>
internal static class SlaTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<SlaSettings>("SlaPolicy", type =>
        {
            type.Description("What is promised of tickets.");
            type.Field("calendar: ID", s => s.CalendarId).Description("By whose open hours clocks run; null: round the clock.");
            type.Field("targets: [SlaTarget!]!", s => s.Targets);
            type.Field("reopenDays: Int!", s => s.ReopenDays).Description("So long a resolved ticket may be reopened.");
        });
        schema.AddObjectType<SlaTarget>(type =>
        {
            type.Description("How soon tickets of one priority are to be answered and solved, in open seconds.");
            type.Field("priority: TicketPriority!", t => t.Priority);
            type.Field("segment: String", t => t.Segment).Description("Of whose customers; null: of all that have no line of their own.");
            type.Field("responseSeconds: Int", t => t.ResponseSeconds);
            type.Field("resolutionSeconds: Int", t => t.ResolutionSeconds);
        });
        schema.AddObjectType<SlaPayload>(type =>
        {
            type.Field("sla: SlaPolicy", p => p.Sla);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<SlaTargetInput>("SlaTargetInput", _ => { });
        schema.AddInputObjectType<SlaInput>("SlaInput", type =>
        {
            type.Description("All that is promised.");
            type.Field("calendar: ID");
            type.Field("targets: [SlaTargetInput!]!");
            type.Field("reopenDays: Int! = 7");
        });
        schema.AddQueryType(query => query.Field("sla: SlaPolicy!").Description("What is promised of tickets.").Authorize()
            .Resolve(context => context.Service<SlaBook>().SettingsAsync(context.RequestAborted)));
        schema.AddMutationType(mutation => mutation.Field("configureSla(input: SlaInput!): SlaPayload!").Description("Promises all this from now on; the clocks of open tickets follow within moments.")
            .Authorize(Access.Guards).Resolve(async context =>
            {
                var input = context.ArgumentValue<SlaInput>("input");
                var settings = new SlaSettings(input.Calendar, [.. input.Targets.Select(t => new SlaTarget(t.Priority, t.Segment, t.ResponseSeconds, t.ResolutionSeconds))], input.ReopenDays);
                var (_, refusal) = await context.Service<SlaBook>().ConfigureAsync(settings, context.Service<TimeProvider>().GetUtcNow(), context.User().UserName, context.RequestAborted);
                return new SlaPayload(refusal is null ? settings : null, DeskAccess.ErrorsOf(refusal));
            }));
    }
}
