using System.Net;
using System.Net.Sockets;

using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Api.Customers;
using CallCenter.Api.Flows;
using CallCenter.Api.Queues;
using CallCenter.Api.Reading;
using CallCenter.Api.Recordings;
using CallCenter.Api.Reports;
using CallCenter.Api.Retention;
using CallCenter.Api.Schema;
using CallCenter.Api.Tickets;
using CallCenter.Api.Trail;
using CallCenter.Api.Trunks;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Http;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Alarms;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Callbacks;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Customers;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Floor;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Numbers;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Recordings;
using CallCenter.Projections.Reports;
using CallCenter.Projections.Security;
using CallCenter.Projections.Tickets;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing;
using CallCenter.Routing.Voicemails;
using CallCenter.Telephony;

using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CallCenter.Api.Hosting;

/// <summary>Serves GraphQL, SIP over WebSockets, and health over HTTP.</summary>
internal sealed class GraphQLHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GraphQLHost(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <param name="center">What is asked and told.</param>
    /// <param name="router">Carries out what is commanded of calls and agents.</param>
    /// <param name="blocks">What is not listened to, and who may change it.</param>
    /// <param name="sip">Takes the WebSockets of <c>/sip</c>; null where there is no telephony.</param>
    /// <param name="trunks">Configures trunks.</param>
    /// <param name="ivr">What flows may name.</param>
    /// <param name="knobs">Addresses and port.</param>
    /// <param name="loggers">For the host and the executor.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="IOException">The port is in use; the message names it.</exception>
    public static async Task<GraphQLHost> StartAsync(Center center, Router router, SourceBlocks blocks, Switch? sip, TrunkConfiguration trunks, IvrSurroundings ivr, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(knobs.Bind, knobs.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);

            // Any free port would be another one for each address; then the first has to do.
            if (knobs.BindAlso is { } also && knobs.HttpPort > 0)
            {
                kestrel.Listen(also, knobs.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });

        // Ctrl-C and SIGTERM are the command line's: it stops the parts in their order.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var tokens = await Tokens.LoadAsync(center.Source, TimeProvider.System, cancellationToken);
        var calls = new CallQueries(center.Source, center.Personal);
        var kpis = new KpiQueries(center.Source, calls, TimeProvider.System);
        var (recordings, voicemails) = (new RecordingQueries(center.Source), new VoicemailQueries(center.Source));
        var reads = new ReadLog(center.Store, center.Source, TimeProvider.System);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(tokens)
            .AddSingleton(new UserStore(center.Source))
            .AddSingleton(center.Trail)
            .AddSingleton(center.Verifier)
            .AddSingleton(center.Personal)
            .AddSingleton(calls)
            .AddSingleton(router)
            .AddSingleton(center)
            .AddSingleton(new AgentLogins(center.Source))
            .AddSingleton(new AlarmQueries(center.Source, TimeProvider.System))
            .AddSingleton(blocks)
            .AddSingleton(center.Ladders)
            .AddSingleton(new TelephonyReader(sip))
            .AddSingleton(new SourceQueries(center.Source))
            .AddSingleton(trunks)
            .AddSingleton(new FlowConfiguration(center, ivr, TimeProvider.System))
            .AddSingleton(new NumberConfiguration(center, TimeProvider.System))
            .AddSingleton(new FlowQueries(center.Source))
            .AddSingleton(new NumberQueries(center.Source))
            .AddSingleton(knobs)
            .AddSingleton(center)
            .AddSingleton(recordings)
            .AddSingleton(voicemails)
            .AddSingleton(new CallbackQueries(center.Source))
            .AddSingleton(new VoicemailHandler(center.Store, TimeProvider.System))
            .AddSingleton(_ => new QueueConfiguration(center, router, TimeProvider.System))
            .AddSingleton(new CalendarQueries(center.Source))
            .AddSingleton(new QueueQueries(center.Source, TimeProvider.System))
            .AddSingleton(new AgentQueries(center.Source))
            .AddSingleton(new SlaBook(center.Store))
            .AddSingleton(new TicketDesk(center.Store, center.Source, new SlaBook(center.Store), TimeProvider.System))
            .AddSingleton(new TicketQueries(center.Source))
            .AddSingleton(new CustomerRegister(center.Store, center.Source, center.Persons, center.Personal, center.ShowAsync, TimeProvider.System))
            .AddSingleton(new HoldRegister(center, TimeProvider.System))
            .AddSingleton(new PersonErasure(center.Source, knobs.RecordingFolder))
            .AddSingleton<Forgetting>()
            .AddSingleton(reads)
            .AddSingleton(new ConfigurationChanges(center.Trail, center.Store.Types))
            .AddSingleton(new RetentionBook(center.Store, TimeProvider.System))
            .AddSingleton<ForgettingCheck>()
            .AddSingleton(new CustomerQueries(center.Source, center.Personal))
            .AddSingleton(new CustomerTimeline(center.Source))
            .AddSingleton(new CustomerList(center.Source, new CustomerQueries(center.Source, center.Personal)))
            .AddSingleton(new FloorQueries(center.Source, center.Trail))
            .AddSingleton(new ReportDesk(center.Store, TimeProvider.System))
            .AddSingleton(new ReportQueries(center.Source))
            .AddSingleton(kpis);
        var app = builder.Build();
        var executor = new RequestExecutor(CenterSchema.Create(), logger: loggers.CreateLogger<RequestExecutor>());
        app.MapGraphQL("/graphql", executor, new GraphQLHttpOptions { OnCreate = (context, request) => IdentifyAsync(context, request, tokens) });
        if (sip is not null)
        {
            app.MapSip("/sip", sip);
        }

        app.MapGet("/schemas/flow.json", () => Results.Text(Domain.Flows.FlowSchema.Text, "application/schema+json"));
        new AudioEndpoint(knobs.RecordingFolder, context => UserOfAsync(context, tokens), recordings, voicemails, calls, center.Personal, new UserStore(center.Source), new AgentQueries(center.Source), reads).Map(app);
        new ExcerptEndpoint(center.Excerpts, context => UserOfAsync(context, tokens), loggers.CreateLogger<ExcerptEndpoint>()).Map(app);
        new ReportEndpoint(center.Source, context => UserOfAsync(context, tokens), kpis, calls, center.Personal, reads).Map(app);
        app.MapGet("/health", () => Results.Text("ok\n"));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException || e.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            await app.DisposeAsync();
            throw new IOException($"TCP port {knobs.HttpPort} on {knobs.Bind} is in use; set CALLCENTER_HTTP_PORT to another one.", e);
        }

        return new GraphQLHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(TimeSpan.FromSeconds(5));
        await _app.DisposeAsync();
    }

    private static async ValueTask<OperationRequest> IdentifyAsync(HttpContext context, OperationRequest request, Tokens tokens)
    {
        var user = await UserOfAsync(context, tokens);
        return request with
        {
            Services = context.RequestServices,
            Authorization = new RoleCheck(user),
            ContextData = user is null ? request.ContextData : new Dictionary<string, object?>(StringComparer.Ordinal) { [Access.UserKey] = user, [ReadingContext.ReasonHeader] = ReadingContext.ReasonOf(context) },
        };
    }

    /// <summary>Whose token the request carries; null for none that is valid.</summary>
    private static async ValueTask<User?> UserOfAsync(HttpContext context, Tokens tokens)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? await tokens.ReadAsync(header[Scheme.Length..].Trim()) : null;
    }

    private sealed class RoleCheck(User? user) : IAuthorizationHandler
    {
        public AuthorizeResult Authorize(IReadOnlyList<string> roles) =>
            user is null ? AuthorizeResult.NotAuthenticated
            : roles.Count == 0 || user.Roles.Any(r => roles.Contains(Access.Name(r), StringComparer.Ordinal)) ? AuthorizeResult.Allowed
            : AuthorizeResult.NotAllowed;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
