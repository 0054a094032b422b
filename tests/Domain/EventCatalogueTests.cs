using System.Runtime.CompilerServices;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Alarms;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Customers;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Imports;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Reports;
using CallCenter.Domain.Security;
using CallCenter.Domain.Tickets;
using CallCenter.Domain.Trunks;
using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Tests;

public sealed class EventCatalogueTests
{
    [Fact]
    public void Every_event_type_is_in_the_catalogue() =>
        EventCatalogue.Types.ShouldBe(typeof(DomainEvent).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(DomainEvent))), ignoreOrder: true);

    [Fact]
    public void Every_event_type_is_evolved_by_its_aggregate()
    {
        foreach (var type in EventCatalogue.Types)
        {
            var @event = RuntimeHelpers.GetUninitializedObject(type);
            Should.NotThrow(() => _ = @event switch
            {
                CallEvent e => (object)Call.Evolve(Call.Initial, e),
                AgentEvent e => Agent.Evolve(Agent.Initial, e),
                QueueEvent e => Queue.Evolve(Queue.Initial, e),
                PersonEvent e => e,
                SourceEvent e => Source.Evolve(Source.Initial, e),
                AlarmEvent e => QueueAlarms.Evolve(QueueAlarms.Initial, e),
                DialPlanEvent e => DialPlan.Evolve(DialPlan.Initial, e),
                TrunkEvent e => Trunk.Evolve(Trunk.Initial, e),
                CalendarEvent e => Calendar.Evolve(Calendar.Initial, e),
                FlowEvent e => Flow.Evolve(Flow.Initial, e),
                NumberEvent e => DialledNumber.Evolve(DialledNumber.Initial, e),
                CallbackEvent e => Callback.Evolve(Callback.Initial, e),
                VoicemailEvent e => Voicemail.Evolve(Voicemail.Initial, e),
                MailboxEvent e => Mailbox.Evolve(Mailbox.Initial, e),
                TicketEvent e => Ticket.Evolve(Ticket.Initial, e),
                SlaEvent e => SlaPolicy.Evolve(SlaPolicy.Initial, e),
                CustomerEvent e => Customer.Evolve(Customer.Initial, e),
                ReportEvent e => Report.Evolve(Report.Initial, e),
                ImportEvent e => ImportBatch.Evolve(ImportBatch.Initial, e),
                _ => throw new InvalidOperationException($"{type.Name} belongs to no aggregate."),
            });
        }
    }

    [Fact]
    public void Every_text_of_an_event_is_personal_or_known_not_to_be()
    {
        string[] notPersonal =
        [
            "CallReceived.SipCallId", "CallReceived.Segment", "CallReceived.Topic", "CallEnded.Cause", "WrapUpCompleted.Disposition",
            "AgentCreated.Name", "AgentCreated.Extension", "AgentChanged.Name", "AgentChanged.Extension", "AgentStatusChanged.Reason", "AgentSignedOut.Reason",
            "CallTransferred.ToFlow", "CallDialled.Trunk", "AgentStatusRequested.Reason", "AgentSeated.Extension", "AgentLoginChanged.Number",
            "CallOverflowed.Cause", "CallVoicemailStarted.File", "CallVoicemailDropped.Failure", "CallRecordingPaused.By", "CallRecordingResumed.By", "CallRecordingStarted.File", "CallRecorded.Sha256", "CallRecorded.Failure", "CallRecordingDeleted.By",
            "CallbackRequested.By", "CallbackCancelled.By",
            "VoicemailLeft.File", "VoicemailLeft.Sha256", "VoicemailLeft.Failure", "VoicemailHeard.By", "VoicemailMailed.Recipient", "VoicemailAssigned.By", "VoicemailMailFailed.Reason", "VoicemailDeleted.By",
            "SourceBlocked.Address", "SourceBlocked.Reason", "SourceBlocked.By", "SourceUnblocked.Address", "SourceUnblocked.By", "SourceBlockExpired.Address",
            "IvrStepTaken.Flow", "IvrStepTaken.Step", "IvrStepTaken.Kind", "IvrStepTaken.Result", "CallAttributeSet.Name", "SelfServiceCompleted.Flow", "SelfServiceCompleted.Step",
            "SurveyAnswered.Question", "CallClassified.Topic", "CallClassified.Segment", "FlowSaved.Name", "FlowSaved.Source", "FlowActivated.Name", "FlowActivated.Source", "NumberConfigured.Number",
            "TicketOpened.By", "TicketOpened.Topic", "TicketOpened.Segment", "TicketAssigned.By", "TicketCommented.By", "TicketEscalated.By", "TicketDeescalated.By", "TicketPended.By", "TicketResumed.By",
            "TicketResolved.By", "TicketReopened.By", "TicketClosed.By", "TicketMerged.By", "TicketAbsorbed.By", "TicketContactLinked.By", "TicketTopicChanged.Topic", "TicketTopicChanged.By",
            "TicketPriorityChanged.By", "TicketCustomerSet.Segment", "TicketCustomerSet.By",
            "CustomerCreated.Segment", "CustomerCreated.By", "CustomerChanged.Segment", "CustomerChanged.By", "CustomerIdentified.By", "CustomerUnidentified.By", "CustomerConsentSet.Purpose",
            "CustomerConsentSet.Source", "CustomerConsentSet.By", "CustomerNoted.By", "CustomerMerged.By",
            "ImportStarted.Name", "ImportStarted.Format", "ImportStarted.File",
            "ReportScheduled.By", "ReportMailed.Recipient", "ReportFinished.Failure", "ReportCancelled.By",
        ];
        var texts = EventCatalogue.Types.SelectMany(type => type.GetProperties().Where(p => p.PropertyType == typeof(string)), (type, p) => $"{type.Name}.{p.Name}");
        var personal = EventCatalogue.Personal.SelectMany(pair => pair.Value, (pair, detail) => $"{pair.Key.Name}.{detail.Member}");
        texts.ShouldBe([.. personal, .. notPersonal], ignoreOrder: true);
    }

    [Theory]
    [InlineData(CallDirection.Inbound, "CustomerNumber From")]
    [InlineData(CallDirection.Outbound, "CustomerNumber To")]
    [InlineData(CallDirection.Internal, "CustomerNumber")]
    public void Of_a_calls_numbers_that_of_the_person_outside_is_personal(CallDirection direction, string members)
    {
        var call = new CallReceived(Guid.NewGuid(), direction, "1", "2", DateTimeOffset.UnixEpoch);
        EventCatalogue.Personal[typeof(CallReceived)].Where(detail => detail.When?.Invoke(call) ?? true).Select(detail => detail.Member).ShouldBe(members.Split(' '));
    }

    [Fact]
    public void Events_are_sealed() => EventCatalogue.Types.ShouldAllBe(t => t.IsSealed);
}
