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

namespace CallCenter.Domain;

/// <summary>Every event type of the product, for the store's registry. A type that is not here cannot be written; a test keeps the list whole.</summary>
public static class EventCatalogue
{
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(CallReceived), typeof(CallEnteredIvr), typeof(CallQueued), typeof(CallOffered), typeof(CallOfferNotAnswered), typeof(CallAnswered),
        typeof(CallHeld), typeof(CallRetrieved), typeof(CallAbandoned), typeof(CallEnded), typeof(WrapUpStarted), typeof(WrapUpCompleted),
        typeof(CallTransferred), typeof(CallMediaMeasured),
        typeof(AgentCreated), typeof(AgentChanged), typeof(AgentSignedIn), typeof(AgentStatusChanged), typeof(AgentSignedOut),
        typeof(QueueCreated), typeof(QueueChanged),
        typeof(PersonForgotten),
        typeof(SourceBlocked), typeof(SourceUnblocked), typeof(SourceBlockExpired),
        typeof(TrunkConfigured), typeof(TrunkRemoved),
        typeof(CalendarConfigured),
        typeof(IvrStepTaken), typeof(CallLeftIvr), typeof(CallAttributeSet), typeof(SelfServiceCompleted), typeof(SurveyAnswered),
        typeof(FlowSaved), typeof(FlowActivated), typeof(NumberConfigured), typeof(NumberRemoved),
        typeof(AgentStatusRequested), typeof(AgentSeated), typeof(AgentDeskChanged), typeof(AgentWrapUpExtended), typeof(AgentLoginChanged),
        typeof(DialPlanChanged),
        typeof(CallMuted), typeof(CallUnmuted), typeof(CallDialled), typeof(PartyJoined), typeof(PartyLeft), typeof(CallParked), typeof(ParkTimedOut), typeof(ParkedCallRetrieved),
        typeof(CallPickedUp), typeof(CallForwarded), typeof(CallLengthWarned), typeof(SupervisionStarted), typeof(SupervisionEnded), typeof(CallTakenOver),
        typeof(AlarmsConfigured), typeof(AlarmRaised), typeof(AlarmCleared),
        typeof(CallOverflowed),
        typeof(CallVoicemailStarted), typeof(CallVoicemailDropped), typeof(CallLeftForCallback),
        typeof(CallRecordingStarted), typeof(CallRecordingPaused), typeof(CallRecordingResumed), typeof(CallRecorded),
        typeof(CallbackRequested), typeof(CallbackDialled), typeof(CallbackNotReached), typeof(CallbackConfirmed), typeof(CallbackCompleted), typeof(CallbackCancelled), typeof(CallbackGivenUp),
        typeof(VoicemailLeft), typeof(VoicemailHeard), typeof(VoicemailAssigned), typeof(VoicemailMailed), typeof(VoicemailMailFailed), typeof(VoicemailDeleted),
        typeof(MailboxConfigured),
        typeof(CallClassified),
        typeof(CallRecordingDeleted),
        typeof(CallWaitingSignalled),
        typeof(TicketOpened), typeof(TicketAssigned), typeof(TicketCommented), typeof(TicketEscalated), typeof(TicketDeescalated), typeof(TicketPended), typeof(TicketResumed), typeof(TicketResolved),
        typeof(TicketReopened), typeof(TicketClosed), typeof(TicketMerged), typeof(TicketAbsorbed), typeof(TicketContactLinked), typeof(TicketTopicChanged), typeof(TicketPriorityChanged),
        typeof(TicketCustomerSet), typeof(TicketClockChanged), typeof(TicketBreached),
        typeof(SlaConfigured),
        typeof(CustomerCreated), typeof(CustomerChanged), typeof(CustomerIdentified), typeof(CustomerUnidentified), typeof(CustomerConsentSet), typeof(CustomerNoted), typeof(CustomerMerged),
        typeof(ImportStarted), typeof(ImportCompleted), typeof(ImportReversalStarted), typeof(ImportReverted), typeof(CallWithdrawn), typeof(AgentShiftWithdrawn),
        typeof(ReportScheduled), typeof(ReportMailed), typeof(ReportFinished), typeof(ReportCancelled),
    ];

    /// <summary>Which texts of which events are personal; types without any are absent. A test holds every text of every event against this.</summary>
    public static IReadOnlyDictionary<Type, IReadOnlyList<PersonalDetail>> Personal { get; } = new Dictionary<Type, IReadOnlyList<PersonalDetail>>
    {
        // The customer is the stronger name: a number may be a household's or a company's.
        [typeof(CallReceived)] =
        [
            new(nameof(CallReceived.CustomerNumber), PersonalKinds.CustomerNumber, Identifies: true),
            new(nameof(CallReceived.From), PersonalKinds.Number, Identifies: true, e => ((CallReceived)e).Direction == CallDirection.Inbound),
            new(nameof(CallReceived.To), PersonalKinds.Number, Identifies: true, e => ((CallReceived)e).Direction == CallDirection.Outbound),
        ],
        [typeof(CallTransferred)] = [new(nameof(CallTransferred.ToNumber), PersonalKinds.Number)],
        [typeof(PartyJoined)] = [new(nameof(PartyJoined.Number), PersonalKinds.Number)],
        [typeof(CallbackRequested)] =
        [
            new(nameof(CallbackRequested.CustomerNumber), PersonalKinds.CustomerNumber, Identifies: true),
            new(nameof(CallbackRequested.Number), PersonalKinds.Number, Identifies: true),
        ],
        [typeof(VoicemailLeft)] =
        [
            new(nameof(VoicemailLeft.CustomerNumber), PersonalKinds.CustomerNumber, Identifies: true),
            new(nameof(VoicemailLeft.From), PersonalKinds.Number, Identifies: true),
        ],
        [typeof(WrapUpCompleted)] = [new(nameof(WrapUpCompleted.Notes), PersonalKinds.Text)],
        [typeof(IvrStepTaken)] = [new(nameof(IvrStepTaken.Input), PersonalKinds.Text)],
        [typeof(CallAttributeSet)] = [new(nameof(CallAttributeSet.Value), PersonalKinds.Text)],
        [typeof(TicketOpened)] =
        [
            new(nameof(TicketOpened.Person), PersonalKinds.Person, Identifies: true),
            new(nameof(TicketOpened.CallerNumber), PersonalKinds.Number, Identifies: true),
            new(nameof(TicketOpened.Subject), PersonalKinds.Text),
            new(nameof(TicketOpened.Description), PersonalKinds.Text),
        ],
        [typeof(TicketCommented)] = [new(nameof(TicketCommented.Text), PersonalKinds.Text)],
        [typeof(TicketEscalated)] = [new(nameof(TicketEscalated.Reason), PersonalKinds.Text)],
        [typeof(TicketDeescalated)] = [new(nameof(TicketDeescalated.Reason), PersonalKinds.Text)],
        [typeof(TicketPended)] = [new(nameof(TicketPended.Reason), PersonalKinds.Text)],
        [typeof(TicketResolved)] = [new(nameof(TicketResolved.Resolution), PersonalKinds.Text)],
        [typeof(TicketReopened)] = [new(nameof(TicketReopened.Reason), PersonalKinds.Text)],
        [typeof(CustomerCreated)] = [new(nameof(CustomerCreated.Person), PersonalKinds.Person, Identifies: true), new(nameof(CustomerCreated.Name), PersonalKinds.Text)],
        [typeof(CustomerChanged)] = [new(nameof(CustomerChanged.Name), PersonalKinds.Text)],
        [typeof(CustomerIdentified)] =
        [
            new(nameof(CustomerIdentified.Number), PersonalKinds.Number, Identifies: true),
            new(nameof(CustomerIdentified.Email), PersonalKinds.Email, Identifies: true),
            new(nameof(CustomerIdentified.Reference), PersonalKinds.CustomerNumber, Identifies: true),
        ],
        [typeof(CustomerUnidentified)] =
        [
            new(nameof(CustomerUnidentified.Number), PersonalKinds.Number, Identifies: true),
            new(nameof(CustomerUnidentified.Email), PersonalKinds.Email, Identifies: true),
            new(nameof(CustomerUnidentified.Reference), PersonalKinds.CustomerNumber, Identifies: true),
        ],
        [typeof(CustomerNoted)] = [new(nameof(CustomerNoted.Text), PersonalKinds.Text)],
    };
}
