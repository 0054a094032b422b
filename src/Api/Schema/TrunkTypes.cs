using CallCenter.Api.Trunks;
using CallCenter.Domain.Trunks;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Telephony;

namespace CallCenter.Api.Schema;

/// <summary>A trunk as it is configured, and how it does; the latter is null while the switch has not taken it up.</summary>
internal sealed record TrunkView(Guid Id, TrunkSettings Settings, TrunkStatus? Status);

internal sealed record TrunkPayload(TrunkView? Trunk, IReadOnlyList<UserError> Errors);

internal static class TrunkTypes
{
    private static readonly string[] Administrators = [Access.Name(Accounts.Role.Administrator)];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<TrunkView>("Trunk", type =>
        {
            type.Description("A way to and from the telephone network.");
            type.Field("id: ID!", t => t.Id);
            type.Field("name: String!", t => t.Settings.Name);
            type.Field("networks: [String!]!", t => t.Settings.Networks).Description("Source addresses whose calls are taken without credentials, as CIDR.");
            type.Field("gateways: [Gateway!]!", t => t.Settings.Gateways.Select((gateway, i) => new GatewayView(gateway, t.Status?.Gateways.ElementAtOrDefault(i))).ToArray());
            type.Field("accountUser: String", t => t.Settings.AccountUser);
            type.Field("registrar: TrunkRegistrar", t => t.Settings.Registrar).Description("Where we register; null for a provider that knows us by our address.");
            type.Field("codecs: [String!]!", t => t.Settings.Codecs);
            type.Field("maxCalls: Int", t => t.Settings.MaxCalls);
            type.Field("domain: String", t => t.Settings.Domain);
            type.Field("fromUser: String", t => t.Settings.FromUser);
            type.Field("assertsIdentity: Boolean!", t => t.Settings.AssertsIdentity);
            type.Field("probeSeconds: Int", t => t.Settings.ProbeSeconds);
            type.Field("isUp: Boolean!", t => t.Status?.IsUp ?? false).Description("A gateway is up, or the trunk only calls in.");
            type.Field("isRegistered: Boolean", t => t.Status?.IsRegistered).Description("Null for a trunk that does not register.");
            type.Field("calls: Int!", t => t.Status?.Calls ?? 0).Description("Now, in and out.");
        });
        schema.AddObjectType<GatewayView>("Gateway", type =>
        {
            type.Description("Where calls of a trunk go out.");
            type.Field("host: String!", g => g.Settings.Host);
            type.Field("port: Int!", g => g.Settings.Port);
            type.Field("transport: String!", g => g.Settings.Transport);
            type.Field("priority: Int!", g => g.Settings.Priority).Description("The lowest is tried first.");
            type.Field("weight: Int!", g => g.Settings.Weight).Description("Share of the first tries among those of one priority.");
            type.Field("isUp: Boolean!", g => g.Status?.IsUp ?? false);
            type.Field("detail: String", g => g.Status?.Detail).Description("What was last heard of it.");
            type.Field("heardAt: DateTime", g => g.Status?.At);
        });
        schema.AddObjectType<TrunkRegistrar>(type =>
        {
            type.Field("domain: String!", r => r.Domain);
            type.Field("user: String!", r => r.User);
            type.Field("expiresSeconds: Int!", r => r.ExpiresSeconds);
        });
        schema.AddObjectType<TrunkPayload>(type =>
        {
            type.Field("trunk: Trunk", p => p.Trunk);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<GatewayInput>("GatewayInput", type =>
        {
            type.Field("host: String!");
            type.Field("port: Int! = 5060");
            type.Field("transport: String! = \"UDP\"");
            type.Field("priority: Int! = 1");
            type.Field("weight: Int! = 1");
        });
        schema.AddInputObjectType<TrunkRegistrarInput>("TrunkRegistrarInput", type => type.Field("expiresSeconds: Int! = 600"));
        schema.AddInputObjectType<TrunkInput>("TrunkInput", type =>
        {
            type.Description("All settings of a trunk. A password that is not given stays as it is.");
            type.Field("networks: [String!]! = []");
            type.Field("gateways: [GatewayInput!]! = []");
            type.Field("codecs: [String!]! = []");
            type.Field("assertsIdentity: Boolean! = false");
            type.Field("probeSeconds: Int = 30");
        });
        schema.AddQueryType(query => query.Field("trunks: [Trunk!]!").Description("All trunks, the oldest first, with how they do.").Authorize(Access.Overseers).Resolve(ViewsAsync));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("configureTrunk(id: ID, input: TrunkInput!): TrunkPayload!").Description("Makes a trunk, or gives one all these settings. Taken up at once.").Authorize(Administrators).Resolve(async context =>
            {
                var input = context.ArgumentValue<TrunkInput>("input");
                var (id, refusal) = await context.Service<TrunkConfiguration>().ConfigureAsync(
                    context.ArgumentValue<Guid?>("id"), input.ToSettings(), input.Password, context.User().UserName, context.RequestAborted);
                return refusal is null
                    ? new TrunkPayload((await ViewsAsync(context)).FirstOrDefault(trunk => trunk.Id == id), [])
                    : new TrunkPayload(null, [new UserError(refusal.Code, refusal.Message)]);
            });
            mutation.Field("removeTrunk(id: ID!): TrunkPayload!").Description("Takes a trunk out of use at once; its calls go on.").Authorize(Administrators).Resolve(async context =>
            {
                var refusal = await context.Service<TrunkConfiguration>().RemoveAsync(context.ArgumentValue<Guid>("id"), context.User().UserName, context.RequestAborted);
                return new TrunkPayload(null, refusal is null ? [] : [new UserError(refusal.Code, refusal.Message)]);
            });
        });
    }

    private static async Task<IReadOnlyList<TrunkView>> ViewsAsync(IResolverContext context) =>
        [.. (await context.Service<TrunkConfiguration>().ViewAsync(context.RequestAborted)).Select(trunk => new TrunkView(trunk.Id, trunk.Settings, trunk.Status))];

    private sealed record GatewayView(TrunkGateway Settings, GatewayStatus? Status);
}

internal sealed record GatewayInput(string Host, int Port, string Transport, int Priority, int Weight);

internal sealed record TrunkRegistrarInput(string Domain, string User, int ExpiresSeconds);

internal sealed record TrunkInput(
    string Name, IReadOnlyList<string> Networks, IReadOnlyList<GatewayInput> Gateways, string? AccountUser, string? Password, TrunkRegistrarInput? Registrar,
    IReadOnlyList<string> Codecs, int? MaxCalls, string? Domain, string? FromUser, bool AssertsIdentity, int? ProbeSeconds)
{
    public TrunkSettings ToSettings() => new(Name, Networks, [.. Gateways.Select(g => new TrunkGateway(g.Host, g.Port, g.Transport, g.Priority, g.Weight))])
    {
        AccountUser = AccountUser,
        Registrar = Registrar is { } r ? new TrunkRegistrar(r.Domain, r.User, r.ExpiresSeconds) : null,
        Codecs = Codecs,
        MaxCalls = MaxCalls,
        Domain = Domain,
        FromUser = FromUser,
        AssertsIdentity = AssertsIdentity,
        ProbeSeconds = ProbeSeconds,
    };
}
