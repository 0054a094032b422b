using CallCenter.Api.Configuration;
using CallCenter.Domain;
using CallCenter.Domain.Voicemails;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing.Voicemails;

namespace CallCenter.Api.Schema;

internal sealed record VoicemailPayload(VoicemailView? Voicemail, IReadOnlyList<UserError> Errors);

internal sealed record MailboxView(Guid Id, MailboxOwner Owner, MailboxSettings Settings);

internal sealed record MailboxPayload(MailboxView? Mailbox, IReadOnlyList<UserError> Errors);

internal sealed record VoicemailFilterInput(Guid? Mailbox, Guid? AssignedTo, bool? Heard)
{
    public VoicemailFilter ToFilter() => new(Mailbox, AssignedTo, Heard);
}

internal sealed record MailboxInput(IReadOnlyList<string> Recipients, string? Greeting, int LongestSeconds, int ShortestSeconds, int SilenceSeconds)
{
    public MailboxSettings ToSettings() => new(Recipients, Greeting, LongestSeconds, ShortestSeconds, SilenceSeconds);
}

internal static class VoicemailTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<MailboxOwner>();
        schema.AddObjectType<VoicemailView>("Voicemail", type =>
        {
            type.Description("A message that a caller left.");
            type.Field("id: ID!", v => v.Id);
            type.Field("mailbox: ID!", v => v.MailboxId).Description("Id of the queue or agent for whom it was left.");
            type.Field("owner: MailboxOwner!", v => v.Owner).Description("Which of the two.");
            type.Field("from: String!").Description("The caller's number; empty when withheld, `forgotten` when the caller is.")
                .Resolve((voicemail, context) => context.RevealAsync(voicemail.Id, PersonalKinds.Number, voicemail.From));
            type.Field("call: Call").Resolve((voicemail, context) => context.CallAsync(voicemail.CallId));
            type.Field("url: String!", v => $"/voicemails/{v.Id}.wav").Description("Path on this server; the token is needed there as well.");
            type.Field("durationSeconds: Float!", v => v.Seconds);
            type.Field("sha256: String", v => v.Sha256).Description("Of the whole file, in hexadecimal, as it is in the event trail.");
            type.Field("failure: String", v => v.Failure).Description("What is missing in it; null when it is whole.");
            type.Field("leftAt: DateTime!", v => v.LeftAt);
            type.Field("heardAt: DateTime", v => v.HeardAt);
            type.Field("heardBy: String", v => v.HeardBy);
            type.Field("assignedTo: ID!", v => v.AssignedTo).Description("Id of the queue or agent whose work it is; at first its mailbox's.");
            type.Field("assignedOwner: MailboxOwner!", v => v.AssignedOwner).Description("Which of the two.");
            type.Field("mailedAt: DateTime", v => v.MailedAt).Description("When the mail server took it.");
            type.Field("mailFailure: String", v => v.MailFailure).Description("Why the mail server will not have it; `./run deadletters replay voicemail_mail` tries again.");
        });
        Connections.AddTo<VoicemailView>(schema, "Voicemail");
        schema.AddObjectType<MailboxView>("Mailbox", type =>
        {
            type.Description("How messages are taken for a queue or an agent, and who is mailed.");
            type.Field("id: ID!", m => m.Id).Description("The queue's or agent's.");
            type.Field("owner: MailboxOwner!", m => m.Owner);
            type.Field("recipients: [String!]!", m => m.Settings.Recipients);
            type.Field("greeting: String", m => m.Settings.Greeting);
            type.Field("longestSeconds: Int!", m => m.Settings.LongestSeconds);
            type.Field("shortestSeconds: Int!", m => m.Settings.ShortestSeconds);
            type.Field("silenceSeconds: Int!", m => m.Settings.SilenceSeconds);
        });
        schema.AddObjectType<VoicemailPayload>(type =>
        {
            type.Field("voicemail: Voicemail", p => p.Voicemail);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddObjectType<MailboxPayload>(type =>
        {
            type.Field("mailbox: Mailbox", p => p.Mailbox);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<VoicemailFilterInput>("VoicemailFilter", type =>
        {
            type.Field("mailbox: ID");
            type.Field("assignedTo: ID");
        });
        schema.AddInputObjectType<MailboxInput>("MailboxInput", type =>
        {
            type.Field("recipients: [String!]! = []").Description("Mail addresses to which each message is sent, audio attached.");
            type.Field("greeting: String").Description("What callers are told before the beep; null for the usual words.");
            type.Field("longestSeconds: Int! = 180");
            type.Field("shortestSeconds: Int! = 1").Description("What is shorter is no message.");
            type.Field("silenceSeconds: Int! = 6").Description("A message ends after so long a silence; 0: never.");
        });
        schema.AddQueryType(query =>
        {
            query.Field("voicemails(where: VoicemailFilter, first: Int = 50, after: String): VoicemailConnection!").Description("Messages that have not been deleted, newest first.")
                .Authorize(Access.Overseers).Resolve(context =>
                {
                    var voicemails = context.Service<VoicemailQueries>();
                    var filter = context.ArgumentValue<VoicemailFilterInput?>("where")?.ToFilter() ?? new VoicemailFilter();
                    return context.ConnectAsync((first, after, ct) => voicemails.PageAsync(filter, first, after, ct), c => voicemails.CountAsync(filter, c.RequestAborted));
                });
            query.Field("mailboxes: [Mailbox!]!").Description("The mailboxes that were configured.").Authorize(Access.Overseers).Resolve(async context =>
                (await context.Service<VoicemailQueries>().MailboxesAsync(context.RequestAborted)).Select(m => new MailboxView(m.Key, m.Value.Owner, m.Value.Settings)).OrderBy(m => m.Id).ToList());
        });
        schema.AddMutationType(mutation =>
        {
            mutation.Field("markVoicemailHeard(id: ID!): VoicemailPayload!").Description("Somebody has listened to the message.").Authorize(Access.Guards)
                .Resolve(context => HandleAsync(context, (by, at) => new HearVoicemail(by, at)));
            mutation.Field("assignVoicemail(id: ID!, to: ID!): VoicemailPayload!").Description("Makes the message a queue's or an agent's work.").Authorize(Access.Guards).Resolve(async context =>
            {
                var to = context.ArgumentValue<Guid>("to");
                return await OwnerAsync(context, to) is { } owner
                    ? await HandleAsync(context, (by, at) => new AssignVoicemail(to, owner, by, at))
                    : new VoicemailPayload(null, [new UserError("ASSIGNEE_NOT_FOUND", $"There is no queue and no agent {to}.", ["to"])]);
            });
            mutation.Field("deleteVoicemail(id: ID!): VoicemailPayload!").Description("Deletes the message and its file; the trail keeps that it was there.").Authorize(Access.Guards)
                .Resolve(context => HandleAsync(context, (by, at) => new DeleteVoicemail(by, at)));
            mutation.Field("configureMailbox(id: ID!, input: MailboxInput!): MailboxPayload!").Description("Gives the mailbox of a queue or agent all these settings.").Authorize(Access.Guards)
                .Resolve(ConfigureAsync);
        });
    }

    private static async Task<VoicemailPayload> HandleAsync(IResolverContext context, Func<string, DateTimeOffset, VoicemailCommand> command)
    {
        var (id, by) = (context.ArgumentValue<Guid>("id"), context.User().UserName);
        var (position, refusal) = await context.Service<VoicemailHandler>().HandleAsync(id, at => command(by, at), by, context.RequestAborted);
        if (refusal is not null)
        {
            return new VoicemailPayload(null, [new UserError(refusal.Code, refusal.Message)]);
        }

        await context.CatchUpAsync(position);
        return new VoicemailPayload(await context.Service<VoicemailQueries>().FindAsync(id, context.RequestAborted), []);
    }

    private static async Task<MailboxPayload> ConfigureAsync(IResolverContext context)
    {
        var (id, settings) = (context.ArgumentValue<Guid>("id"), context.ArgumentValue<MailboxInput>("input").ToSettings());
        if (await OwnerAsync(context, id) is not { } owner)
        {
            return Refused("MAILBOX_NOT_FOUND", $"There is no queue and no agent {id}.");
        }

        if (settings.Recipients.Count > 0 && context.Service<Knobs>().Smtp is null)
        {
            return Refused("MAIL_NOT_CONFIGURED", "Nothing can be mailed: CALLCENTER_SMTP names no mail server.");
        }

        var (position, refusal) = await context.Service<VoicemailHandler>().ConfigureAsync(id, owner, settings, context.User().UserName, context.RequestAborted);
        await context.CatchUpAsync(position);
        return refusal is null ? new MailboxPayload(new MailboxView(id, owner, settings), []) : Refused(refusal.Code, refusal.Message);

        static MailboxPayload Refused(string code, string message) => new(null, [new UserError(code, message)]);
    }

    private static async Task<MailboxOwner?> OwnerAsync(IResolverContext context, Guid id) =>
        await context.QueueAsync(id) is not null ? MailboxOwner.Queue
        : await context.AgentAsync(id) is not null ? MailboxOwner.Agent
        : null;
}
