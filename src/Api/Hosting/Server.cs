using System.Net.Sockets;
using System.Runtime.InteropServices;

using CallCenter.Api.Accounts;
using CallCenter.Api.Alarms;
using CallCenter.Api.Configuration;
using CallCenter.Api.Customers;
using CallCenter.Api.Flows;
using CallCenter.Api.Callbacks;
using CallCenter.Api.Ladders;
using CallCenter.Api.Mail;
using CallCenter.Api.Recordings;
using CallCenter.Api.Retention;
using CallCenter.Api.Schema;
using CallCenter.Api.Tickets;
using CallCenter.Api.Trunks;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Api.Voicemails;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Servers;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Numbers;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Security;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing;
using CallCenter.Routing.Ivr;
using CallCenter.Routing.Voicemails;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

using MimeKit;

namespace CallCenter.Api.Hosting;

/// <summary>The whole product in one process: database, projections, telephony, routing and GraphQL.</summary>
internal static class Server
{
    // Whoever has called lately may be waited for with the agent of that time.
    private static readonly TimeSpan KnownCallers = TimeSpan.FromDays(30);
    private const int MostKnownCallers = 50_000;

    /// <summary>Runs until it is told to stop, or until a part of it cannot go on.</summary>
    public static async Task RunAsync(Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var fileLimit = OutliveFileLimit();
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        await using var alone = await ServerLock.TakeAsync(center.Source, cancellationToken);
        center.Sealer.Start();
        center.Mapper.Start();
        await center.Projections.StartAsync(cancellationToken);
        await center.CatchUpAsync(cancellationToken);
        await FirstRun.PrepareAsync(center, knobs, cancellationToken);
        await center.CatchUpAsync(cancellationToken);

        await center.Store.AppendAsync(
            new StreamAppend(ServerSettings.StreamId, ServerSettings.StreamType, ExpectedVersion.Any, [EventData.Of(new ServerStarted(Knobs.Tell(Environment.GetEnvironmentVariable), TimeProvider.System.GetUtcNow()))]),
            new EventMetadata(null, null, "server"), cancellationToken);

        var prompts = await Prompts.CreateAsync(Path.Combine(knobs.DataFolder, "prompts"), loggers.CreateLogger<Prompts>(), cancellationToken);
        await using var bindings = await PhoneBindings.OpenAsync(center.Source, loggers.CreateLogger<PhoneBindings>(), cancellationToken);
        await using var ladders = knobs.LadderDays == 0 ? null : new LadderWriter(center.Ladders, TimeSpan.FromDays(knobs.LadderDays), TimeProvider.System, loggers.CreateLogger<LadderWriter>());
        await center.Phones.LoadAsync(cancellationToken);
        await using var @switch = new Switch(
            new SwitchOptions
            {
                Bind = knobs.Bind,
                SipPort = knobs.SipPort,
                RtpPorts = knobs.RtpPorts,
                Realm = SipCredentials.Realm,
                DigestAlgorithms = knobs.SipDigest,
                Trunks = await TrunkConfiguration.ReadAsync(center, cancellationToken),
                BindingStore = bindings,
                BindAlso = knobs.BindAlso,
                Tls = await SipCertificate.LoadAsync(knobs, TimeProvider.System, cancellationToken),
                SipsPort = knobs.SipsPort,
                LadderStore = ladders,
                MediaTimeout = knobs.MediaTimeout == 0 ? null : TimeSpan.FromSeconds(knobs.MediaTimeout),
            },
            center.Phones, TimeProvider.System, loggers);
        await using var blocks = new SourceBlocks(center.Store, @switch, TimeProvider.System, loggers.CreateLogger<SourceBlocks>());
        var ivr = IvrSurroundings.Read(knobs);
        await using var lookups = new Lookups(ivr.Connections, TimeProvider.System, services: ivr.WebServices);
        await using var router = new Router(center.Store, @switch, new WaitingAudio(prompts), TimeProvider.System, loggers.CreateLogger<Router>())
        {
            Blocks = blocks,
            RecordingFolder = knobs.RecordingFolder,
            Mailboxes = new MailboxReader(new VoicemailQueries(center.Source), center.Personal),
            Logins = new AgentLogins(center.Source).VerifyAsync,
            ServedBefore = ct => new LastServed(center.Source, center.Personal).ReadAsync(TimeProvider.System.GetUtcNow() - KnownCallers, MostKnownCallers, ct),
            ParkTime = TimeSpan.FromSeconds(knobs.ParkSeconds),
            MostParties = knobs.ConferenceParties - 2,
            ShowsSupervision = knobs.ShowsSupervision,
            Ivr = new IvrEquipment(prompts, ivr.PromptFolder, lookups, loggers.CreateLogger<IvrEquipment>()),
        };
        await CutAudio.TellAsync(center, knobs.RecordingFolder, cancellationToken);
        await router.StartAsync(await ReadFloorAsync(center, cancellationToken), cancellationToken);
        foreach (var blocked in await new SourceQueries(center.Source).BlockedAsync(cancellationToken))
        {
            @switch.Block(blocked.Address, blocked.Reason, blocked.Until);
        }

        var tickets = new TicketDesk(center.Store, center.Source, new SlaBook(center.Store), TimeProvider.System);
        var ticketTimers = new TicketTimers(tickets, new DurableTimers(center.Source, TimeProvider.System), center.Source, (position, ct) => center.Projections.WaitForAsync(position, ct));
        var forgetting = new Forgetting(center, new HoldRegister(center, TimeProvider.System), new PersonErasure(center.Source, knobs.RecordingFolder), TimeProvider.System);
        var forgotten = new ForgottenCallers(center.Store, center.Source, router, forgetting, (position, ct) => center.Projections.WaitForAsync(position, ct), TimeProvider.System);
        await using var subscriptions = new SubscriptionRuntime(
            center.Store, center.Source, center.Leadership, [.. Audio(center, knobs), ticketTimers, forgotten], TimeProvider.System, loggers.CreateLogger<SubscriptionRuntime>());
        await subscriptions.StartAsync(cancellationToken);
        var retention = new AudioRetention(center, TimeProvider.System);
        await using var timers = new TimerRuntime(center.Source, [retention, new DataRetention(center, forgetting, TimeProvider.System), new TicketTimerHandler(tickets)], TimeProvider.System, loggers.CreateLogger<TimerRuntime>());
        await retention.ScheduleAsync(cancellationToken);
        await DataRetention.ScheduleAsync(center, TimeProvider.System.GetUtcNow(), cancellationToken);
        timers.Start();

        await OpenSipAsync(@switch, cancellationToken);
        await using var alarms = new AlarmWatch(center, TimeProvider.System, loggers.CreateLogger<AlarmWatch>());

        using var trunks = new TrunkConfiguration(center, @switch.SetTrunks, @switch.TrunkStatusAsync, TimeProvider.System);
        await using var http = await GraphQLHost.StartAsync(center, router, blocks, @switch, trunks, ivr, knobs, loggers, cancellationToken);
        var sip = @switch.SipEndPoints.Where(open => open.Protocol is "UDP" or "TCP" or "TLS").Select(open => $"{open.EndPoint}/{open.Protocol.ToLowerInvariant()}");
        Console.WriteLine($"CallCenter is ready: GraphQL {http.Address}/graphql, SIP {string.Join(", ", sip)} and WebSocket {http.Address}/sip, RTP {knobs.RtpPorts.First}-{knobs.RtpPorts.Last}; data in {knobs.DataFolder}");

        var stop = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() => stop.TrySetResult());
        await await Task.WhenAny(stop.Task, router.Completion, alone.Completion);
    }

    /// <summary>A file that may not grow any more (<c>ulimit -f</c>) fails where it is written, as on a full disk: the system's usual answer, SIGXFSZ, would end the process and all calls with it.</summary>
    private static PosixSignalRegistration OutliveFileLimit()
    {
        const int FileSizeExceeded = 25;
        return PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, signal => signal.Cancel = true);
    }

    /// <summary>What is done about recordings and messages beside the calls.</summary>
    private static ISubscription[] Audio(Center center, Knobs knobs)
    {
        var erasure = new AudioErasure(center, knobs.RecordingFolder);
        return knobs is not { Smtp: { } smtp, MailFrom: { } from }
            ? [erasure]
            : [erasure, new VoicemailMail(
                new MailServer(smtp, MailboxAddress.Parse(from.Address), knobs.MailAccess ?? new MailAccess(), TimeProvider.System), center.Personal, new QueueQueries(center.Source, TimeProvider.System), new AgentQueries(center.Source),
                new VoicemailHandler(center.Store, TimeProvider.System), knobs.RecordingFolder)];
    }

    private static async Task OpenSipAsync(Switch @switch, CancellationToken cancellationToken)
    {
        try
        {
            await @switch.StartAsync(cancellationToken);
        }
        catch (SipPortInUseException e)
        {
            throw new IOException($"{e.Message}; set {(e.Protocol == "TLS" ? "CALLCENTER_SIPS_PORT" : "CALLCENTER_SIP_PORT")} to another one.", e);
        }
    }

    /// <summary>What routing begins with.</summary>
    internal static async Task<FloorSnapshot> ReadFloorAsync(Center center, CancellationToken cancellationToken)
    {
        var position = await center.Store.HighWaterMarkAsync(cancellationToken);
        await center.CatchUpAsync(cancellationToken);
        var queues = await new QueueQueries(center.Source, TimeProvider.System).SettingsAsync(cancellationToken);
        var agents = await new AgentQueries(center.Source).StatesAsync(cancellationToken);
        var calls = await new CallQueries(center.Source, center.Personal).LiveAsync(cancellationToken);
        return new FloorSnapshot(
            [.. queues.Select(q => new Queue(q.Id, q.Settings, DateTimeOffset.MinValue))],
            [.. agents.Select(a => new AgentSnapshot(a.State, a.Version))],
            [.. calls.Select(c => c.Id)],
            position,
            await center.Trail.LastRecordedAtAsync(cancellationToken) ?? DateTimeOffset.MinValue)
        {
            DialPlan = await DialPlans.ReadAsync(center.Store, cancellationToken),
            Calendars = [.. (await new CalendarQueries(center.Source).GetAsync(cancellationToken)).Select(c => new Calendar(c.Id, c.Settings, DateTimeOffset.MinValue))],
            Paces = await new QueueQueries(center.Source, TimeProvider.System).PacesAsync(cancellationToken),
            Flows = [.. (await new FlowQueries(center.Source).ActiveAsync(cancellationToken)).Select(f => new FlowActivated(Flow.IdOf(f.Name), f.Name, f.Version, f.Source, DateTimeOffset.MinValue))],
            Numbers = [.. (await new NumberQueries(center.Source).GetAsync(cancellationToken)).Select(n => new NumberConfigured(n.Id, n.Number, n.Settings, DateTimeOffset.MinValue))],
            Callbacks = await OpenCallbacks.ReadAsync(center, cancellationToken),
        };
    }
}
