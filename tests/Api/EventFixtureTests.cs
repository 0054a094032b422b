using System.Runtime.CompilerServices;
using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Alarms;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Customers;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Floor;
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
using CallCenter.EventStore;
using CallCenter.Testing;

using Npgsql;

namespace CallCenter.Api.Tests;

/// <summary>The bytes of every event, kept for ever: what was written once must be readable always. The verified file only grows.</summary>
[Collection(PostgresCollection.Name)]
public sealed class EventFixtureTests(PostgresFixture postgres)
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-000000000001");
    private static readonly Guid Other = new("0194f000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, 123, TimeSpan.Zero);

    private static readonly SlaClock Clock = new(Other, 900, 3_600, 60_000, true, At.AddMinutes(14), At.AddMinutes(59));

    internal static readonly DomainEvent[] Examples =
    [
        new CallReceived(Id, CallDirection.Inbound, "5551234", "1000", At, "a84b4c76e66710@pc33.example.com", "17702523", "high", "loans"),
        new CallEnteredIvr(Id, At),
        new CallQueued(
            Id, Other, At, 90, new ContactNeeds { Skills = [new SkillNeed("german", 5) { Relaxations = [new SkillRelaxation(30, 2)] }], AgentId = Other, AgentPatienceSeconds = 45 }),
        new CallOffered(Id, Other, At),
        new CallOfferNotAnswered(Id, Other, NonResponse.TimedOut, At),
        new CallAnswered(Id, Other, At),
        new CallHeld(Id, At),
        new CallRetrieved(Id, At),
        new CallAbandoned(Id, At),
        new CallEnded(Id, CallParty.Caller, "hang-up", CallOutcome.LeftInIvr, At),
        new WrapUpStarted(Id, Other, At),
        new WrapUpCompleted(Id, Other, At, "sold", true, "called back"),
        new CallTransferred(Id, Other, Other, null, TransferKind.Attended, At),
        new CallMediaMeasured(Id, CallParty.Agent, Other, new MediaFigures("PCMA", 500, 498, 2, 1, 1.25, 2.5, 31.5, 4.21, 4.3, 0), At),
        new AgentCreated(Id, "Ann", "2001", [Other], At, new AgentAttributes { Skills = new Dictionary<string, int> { ["german"] = 7 }, Groups = ["first"], Team = "north" }),
        new AgentChanged(Id, "Ann B", null, [], At),
        new AgentSignedIn(Id, At),
        new AgentStatusChanged(Id, AgentStatus.NotReady, At, null, "lunch"),
        new AgentSignedOut(Id, "phone-unregistered", At),
        new QueueCreated(
            Id,
            new QueueSettings("Support", "1000")
            {
                Method = DistributionMethod.Hunting, Priority = 2, SegmentPriorities = new Dictionary<string, int> { ["gold"] = 3 }, ServiceLevelSeconds = 30, UrgencySeconds = 60,
                Skills = [new SkillNeed("german", 5, SkillStrength.Preferred) { Relaxations = [new SkillRelaxation(30, 0)] }], Tiers = [new QueueTier(["first"], 0)], Order = [Other],
                LastAgentPatienceSeconds = 45, Overflow = [new OverflowRule(OverflowCause.QueueLength, 50, new Destination(DestinationKind.Voicemail, "sales"))], CalendarId = Other, Language = "de",
                Announcements = new QueueAnnouncements(5, 30, Position: false, EstimatedWait: true) { Texts = ["Danke"] }, RonaAfter = 3, AutoAnswer = true, Record = true,
            },
            At),
        new QueueChanged(Id, new QueueSettings("Support", null, 20, 60, 10), At),
        new PersonForgotten(Id, [Other], At),
        new SourceBlocked("198.51.100.7", "wrong passwords", At.AddMinutes(5), At, "ann"),
        new SourceUnblocked("198.51.100.7", "ann", At),
        new SourceBlockExpired("198.51.100.7", At),
        new TrunkConfigured(
            Id,
            new TrunkSettings("provider", ["192.0.2.0/28"], [new TrunkGateway("192.0.2.1", 5061, "TLS", 1, 2)])
            {
                AccountUser = "acct", Registrar = new TrunkRegistrar("provider.example", "4930"), Codecs = ["PCMA"], MaxCalls = 30, Domain = "center.example", FromUser = "4930", AssertsIdentity = true,
            },
            At),
        new TrunkRemoved(Id, At),
        new CalendarConfigured(
            Id,
            new CalendarSettings(
                "Office", "Europe/Berlin", [new WeekdayHours(DayOfWeek.Monday, new OpenHours(new TimeOnly(8, 0), new TimeOnly(17, 30)))],
                [new Holiday(new DateOnly(2026, 12, 24), "Christmas Eve", [new OpenHours(new TimeOnly(8, 0), new TimeOnly(12, 0))])]),
            At),
        new IvrStepTaken(Id, "bank", 3, "account", "collect", "entered", At, "1234"),
        new CallLeftIvr(Id, new Destination(DestinationKind.Queue, "Support"), At),
        new CallAttributeSet(Id, "account", "1234", At),
        new SelfServiceCompleted(Id, "bank", "balance", At),
        new SurveyAnswered(Id, "content", 4, 1, 5, At),
        new FlowSaved(Id, "bank", 3, "flow: bank\nsteps: {bye: {do: hangUp}}\n", At),
        new FlowActivated(Id, "bank", 3, "flow: bank\nsteps: {bye: {do: hangUp}}\n", At),
        new NumberConfigured(
            Id,
            "1000",
            new NumberSettings(new Destination(DestinationKind.Flow, "bank")) { Language = "de", Priority = 3, Topic = "loans", Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = "blue" }, Needs = new ContactNeeds { AgentId = Other } },
            At),
        new NumberRemoved(Id, At),
        new AgentStatusRequested(Id, AgentStatus.NotReady, At, "lunch"),
        new AgentSeated(Id, "2009", At),
        new AgentDeskChanged(
            Id,
            new Desk
            {
                DoNotDisturb = true, DialClass = DialClass.National, ForwardNoAnswer = new Destination(DestinationKind.Number, "4930"), Supervises = ["loans"], MaxCallSeconds = 3600,
                SpeedDials = new Dictionary<string, string>(StringComparer.Ordinal) { ["1"] = "2002" },
            },
            At),
        new AgentWrapUpExtended(Id, Other, 60, At),
        new AgentLoginChanged(Id, "77", At),
        new DialPlanChanged([new NumberRule("00", DialClass.International, "provider", 2, "+")], At),
        new CallMuted(Id, Other, At),
        new CallUnmuted(Id, Other, At),
        new CallDialled(Id, Other, "provider", At),
        new PartyJoined(Id, Other, At, null, "5559876"),
        new PartyLeft(Id, Other, At),
        new CallParked(Id, Other, 3, At),
        new ParkTimedOut(Id, Other, 3, At),
        new ParkedCallRetrieved(Id, Other, 3, At),
        new CallPickedUp(Id, Other, At, Other),
        new CallForwarded(Id, Other, ForwardKind.NoAnswer, new Destination(DestinationKind.Voicemail, "2002"), At),
        new CallLengthWarned(Id, 30, At),
        new SupervisionStarted(Id, Other, SupervisionMode.Whisper, true, At),
        new SupervisionEnded(Id, Other, At),
        new CallTakenOver(Id, Other, Other, At),
        new AlarmsConfigured(Id, new AlarmThresholds { WaitSeconds = 60, Waiting = 5, ServiceLevelPercent = 80, NobodySignedIn = true }, At),
        new AlarmRaised(Id, AlarmKind.ServiceLevel, 79.5, 80, At),
        new AlarmCleared(Id, AlarmKind.ServiceLevel, At),
        new CallOverflowed(Id, Other, new Destination(DestinationKind.Queue, "Sales"), "after-seconds", At),
        new CallVoicemailStarted(Id, Other, Other, MailboxOwner.Queue, "2026/01/05/mail.wav", At),
        new CallVoicemailDropped(Id, Other, "no space left on device", At),
        new CallLeftForCallback(Id, Other, At),
        new CallRecordingStarted(Id, Other, "2026/01/05/call.wav", At),
        new CallRecordingPaused(Id, Other, "ann", At),
        new CallRecordingResumed(Id, Other, null, At),
        new CallRecorded(Id, Other, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", 61.5, 1_968_044, "no space left on device", At),
        new CallbackRequested(Id, Other, "5551234", new CallbackRank(At, 90, 2, new ContactNeeds { Skills = [new SkillNeed("german", 5)] }), new CallbackRules(2, 60, 20, 10), At, At.AddHours(1), Other, Other, "17702523", "ann"),
        new CallbackDialled(Id, Other, 1, At),
        new CallbackNotReached(Id, Other, CallbackMiss.NotConfirmed, At.AddMinutes(1), At),
        new CallbackConfirmed(Id, Other, At),
        new CallbackCompleted(Id, Other, Other, At),
        new CallbackCancelled(Id, "ann", At),
        new CallbackGivenUp(Id, At),
        new VoicemailLeft(
            Id, Other, MailboxOwner.Agent, "5551234", Other, "2026/01/05/mail.wav", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", 4.5, 72_044, At, "cut", "17702523"),
        new VoicemailHeard(Id, "ann", At),
        new VoicemailAssigned(Id, Other, MailboxOwner.Queue, "ann", At),
        new VoicemailMailed(Id, "ann@center.example", At),
        new VoicemailMailFailed(Id, "550 no such user", At),
        new VoicemailDeleted(Id, "ann", At),
        new MailboxConfigured(Id, MailboxOwner.Queue, new MailboxSettings(["ann@center.example"], "Leave a message.", 60, 2, 5), At),
        new CallClassified(Id, "loans", "gold", At),
        new CallRecordingDeleted(Id, Other, "retention", At),
        new CallWaitingSignalled(Id, Other, Other, At),
        new TicketOpened(
            Id, 1234, "No dial tone", TicketPriority.High, ContactChannel.Voice, Clock, At, "ann", "0194f000000070008000000000000002", "5551234", Other, "Since this morning.", "lines", "gold", Other, Other),
        new TicketAssigned(Id, Other, Other, At, "ann"),
        new TicketCommented(Id, "Called the provider.", true, At, "ann"),
        new TicketEscalated(Id, TicketTier.FirstLine, TicketTier.Expert, "Needs the vendor.", At, "ann"),
        new TicketDeescalated(Id, TicketTier.Expert, TicketTier.SecondLine, "The vendor has answered.", At, "ann"),
        new TicketPended(Id, "Waits for parts.", At.AddDays(1), Clock, At, "ann"),
        new TicketResumed(Id, true, Clock, At),
        new TicketResolved(Id, "The cable was changed.", true, 3_600_000, false, At.AddDays(7), Clock, At, "ann"),
        new TicketReopened(Id, "No tone again.", Clock, At, "ann"),
        new TicketClosed(Id, At),
        new TicketMerged(Id, Other, At, "ann"),
        new TicketAbsorbed(Id, Other, At, "ann"),
        new TicketContactLinked(Id, Other, ContactChannel.Mail, At, "ann"),
        new TicketTopicChanged(Id, "billing", At, "ann"),
        new TicketPriorityChanged(Id, TicketPriority.Urgent, Clock, At, "ann"),
        new TicketCustomerSet(Id, Other, "gold", Clock, At, "ann"),
        new TicketClockChanged(Id, Clock, At),
        new TicketBreached(Id, SlaPromise.Resolution, At, At),
        new SlaConfigured(Id, new SlaSettings(Other, [new SlaTarget(TicketPriority.Urgent, "gold", 900, null)], 14), At),
        new CustomerCreated(Id, "0194f000000070008000000000000002", At, "Ann Doe", "gold", 500.5m, "ann"),
        new CustomerChanged(Id, At, "Ann Roe", null, 400, "ann"),
        new CustomerIdentified(Id, At, "+49305551234", By: "ann"),
        new CustomerUnidentified(Id, At, Email: "ann@example.com", Reference: "17702523", By: "ann"),
        new CustomerConsentSet(Id, "marketing", false, "call", At, "ann"),
        new CustomerNoted(Id, "Likes mornings.", At, "ann"),
        new CustomerMerged(Id, Other, At, "ann"),
        new ImportStarted(Id, "bank-1999", "anonymous-bank", "bank-1999.csv.gz", 2, At),
        new ImportCompleted(Id, 2, 22_002, 22_001, 40, 1, At),
        new ImportReversalStarted(Id, 2, At),
        new ImportReverted(Id, 2, 22_001, 40, At),
        new CallWithdrawn(Id, Other, At),
        new AgentShiftWithdrawn(Id, Other, At),
        new ReportScheduled(
            Id,
            new ReportSchedule("Support by day", ReportPeriod.Week, new TimeOnly(7, 30), "Europe/Berlin", ["contactsOffered", "serviceLevel:20"], ["Interval"], ["ann@center.example"])
            {
                Interval = "Day", Queues = [Other], Agents = [Other], Topics = ["loans"], Segments = ["gold"],
            },
            At, "ann"),
        new ReportMailed(Id, At, "ann@center.example", At),
        new ReportFinished(Id, At, "550 no such user", At),
        new ReportCancelled(Id, At, "ann"),
    ];

    /// <summary>What the lines of <c>EventFixtureTests.Earlier.txt</c> say: types that have got members since.</summary>
    private static readonly DomainEvent[] Earlier =
    [
        new AgentCreated(Id, "Ann", "2001", [Other], At),
        new AgentChanged(Id, "Ann B", null, [], At),
        new QueueCreated(Id, new QueueSettings("Support", "1000"), At),
        new QueueChanged(Id, new QueueSettings("Support", null, 20, 60, 10), At),
        new CallQueued(Id, Other, At, 90),
        new NumberConfigured(
            Id,
            "1000",
            new NumberSettings(new Destination(DestinationKind.Flow, "bank")) { Language = "de", Priority = 3, Topic = "loans", Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = "blue" } },
            At),
        new CallbackRequested(Id, Other, "5551234", new CallbackRank(At, 90, 2), new CallbackRules(2, 60, 20, 10), At, At.AddHours(1), Other, Other, "17702523", "ann"),
    ];

    [Fact]
    public async Task Every_event_is_written_as_it_always_was()
    {
        Examples.Select(e => e.GetType()).ShouldBe(EventCatalogue.Types);
        await using var center = await CenterHarness.CreateAsync(postgres);
        await center.AppendAsync(Id, "call", Examples);
        var stored = await center.Personal.RevealAsync(await center.Store.FetchStreamAsync(Id));
        await using var jsonb = center.Source.CreateCommand("select array_agg(e.data::jsonb::text order by e.n) from unnest($1) with ordinality as e (data, n)");
        jsonb.Parameters.Add(new NpgsqlParameter { Value = stored.Select(e => e.Json).ToArray() });
        var contents = (string[])(await jsonb.ExecuteScalarAsync())!;
        await Snapshot.VerifyAsync(string.Join('\n', stored.Zip(contents, (e, json) => $"{e.Stored.Type} {json}")));
    }

    [Fact]
    public async Task Every_event_ever_written_is_read() => (await ReadAsync("Every_event_is_written_as_it_always_was.verified.txt")).ShouldBe(Examples.Select(Tell));

    [Fact]
    public async Task Events_from_before_their_types_had_more_members_are_read_as_what_they_said() => (await ReadAsync("Earlier.txt")).ShouldBe(Earlier.Select(Tell));

    private async Task<IReadOnlyList<string>> ReadAsync(string file)
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(Here())!, $"{nameof(EventFixtureTests)}.{file}"));
        await using (var command = center.Source.CreateCommand("insert into mt_streams (id, type, version) values ($1, 'call', $2)"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Id });
            command.Parameters.Add(new NpgsqlParameter { Value = (long)lines.Length });
            await command.ExecuteNonQueryAsync();
        }

        foreach (var (i, line) in lines.Index())
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            await using var command = center.Source.CreateCommand(
                "insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values (nextval('mt_events_sequence'), gen_random_uuid(), $1, $2, $3::jsonb, $4, now())");
            command.Parameters.Add(new NpgsqlParameter { Value = Id });
            command.Parameters.Add(new NpgsqlParameter { Value = i + 1L });
            command.Parameters.Add(new NpgsqlParameter { Value = line[(space + 1)..] });
            command.Parameters.Add(new NpgsqlParameter { Value = line[..space] });
            await command.ExecuteNonQueryAsync();
        }

        return [.. (await center.Store.FetchStreamAsync(Id)).Select(e => Tell(e.Data))];

        static string Here([CallerFilePath] string file = "") => file;
    }

    private static string Tell(object data) => $"{data.GetType().Name} {JsonSerializer.Serialize(data, data.GetType())}";
}
