using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Alarms;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Callbacks;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Customers;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Imports;
using CallCenter.Projections.Numbers;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Recordings;
using CallCenter.Projections.Reports;
using CallCenter.Projections.Security;
using CallCenter.Projections.Tickets;
using CallCenter.Projections.Trunks;
using CallCenter.Projections.Voicemails;

namespace CallCenter.Projections;

/// <summary>The read models of the product.</summary>
public static class CenterProjections
{
    /// <summary>One of each.</summary>
    public static IReadOnlyList<IProjection> Create() =>
    [
        new QueuesProjection(), new AgentsProjection(), new CallsProjection(), new SourcesProjection(), new TrunksProjection(), new CalendarsProjection(), new NumbersProjection(),
        new FlowsProjection(), new AlarmsProjection(), new CallbacksProjection(), new VoicemailsProjection(), new RecordingsProjection(), new ImportsProjection(),
        new TicketsProjection(), new CustomersProjection(), new ReportsProjection(),
    ];
}
