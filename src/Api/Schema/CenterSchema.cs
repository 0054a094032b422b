using CallCenter.GraphQL.Types;

namespace CallCenter.Api.Schema;

/// <summary>The product's GraphQL schema, put together from one file a subject.</summary>
internal static class CenterSchema
{
    public static GraphQL.Types.Schema Create()
    {
        var schema = SchemaBuilder.New().Description("The contact center: calls, agents, queues, KPI reports and the event trail. Durations are seconds, instants RFC 3339 in UTC.");
        AccountTypes.AddTo(schema);
        QueueTypes.AddTo(schema);
        AgentTypes.AddTo(schema);
        CallTypes.AddTo(schema);
        FloorTypes.AddTo(schema);
        KpiTypes.AddTo(schema);
        TrailTypes.AddTo(schema);
        SecurityTypes.AddTo(schema);
        TelephonyTypes.AddTo(schema);
        TrunkTypes.AddTo(schema);
        DeskTypes.AddTo(schema);
        ShiftTypes.AddTo(schema);
        SupervisionTypes.AddTo(schema);
        OfferTypes.AddTo(schema);
        DialTypes.AddTo(schema);
        AlarmTypes.AddTo(schema);
        FlowTypes.AddTo(schema);
        NumberTypes.AddTo(schema);
        QueueSettingsTypes.AddTo(schema);
        CalendarTypes.AddTo(schema);
        AgentSettingsTypes.AddTo(schema);
        RecordingTypes.AddTo(schema);
        VoicemailTypes.AddTo(schema);
        CallbackTypes.AddTo(schema);
        CustomerTypes.AddTo(schema);
        CustomerMutations.AddTo(schema);
        TicketTypes.AddTo(schema);
        TicketMutations.AddTo(schema);
        SlaTypes.AddTo(schema);
        TicketKpiTypes.AddTo(schema);
        LiveFigures.AddTo(schema);
        ReportTypes.AddTo(schema);
        Connections.AddPageInfoTo(schema);
        return schema.Create();
    }
}
