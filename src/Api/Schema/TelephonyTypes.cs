using CallCenter.Api.Hosting;
using CallCenter.Api.Ladders;
using CallCenter.GraphQL.Types;
using CallCenter.Telephony;

namespace CallCenter.Api.Schema;

internal sealed record NamedCount(string Name, double Count);

internal static class TelephonyTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<StoredLadderEntry>("SipLadderEntry", type =>
        {
            type.Description("A SIP message of a call. Digest responses, keys of SRTP and keys pressed are struck out.");
            type.Field(e => e.At);
            type.Field(e => e.Direction).Description("`IN` or `OUT`.");
            type.Field(e => e.Peer).Description("Address and port of the other side.");
            type.Field(e => e.Transport);
            type.Field(e => e.StartLine);
            type.Field(e => e.Message);
        });
        schema.AddObjectType<TelephonyCount>("TelephonyCount", type =>
        {
            type.Field("name: String!", c => c.Name).Description("A method or a status code.");
            type.Field("received: Float!", c => (double)c.Received);
            type.Field("sent: Float!", c => (double)c.Sent);
        });
        schema.AddObjectType<NamedCount>(type =>
        {
            type.Field(c => c.Name);
            type.Field(c => c.Count);
        });
        schema.AddObjectType<TelephonyFigures>("Telephony", type =>
        {
            type.Description("What the telephony of the server that answers has counted since it began, and what lives at this moment.");
            type.Field("requests: [TelephonyCount!]!", t => t.Requests).Description("By method, repetitions included.");
            type.Field("responses: [TelephonyCount!]!", t => t.Responses).Description("By status code, repetitions included.");
            type.Field("timeouts: [NamedCount!]!", t => t.Timeouts.Select(timeout => new NamedCount(timeout.Timer, timeout.Count)))
                .Description("Transactions that ended without an answer, by timer (RFC 3261 table 4).");
            type.Field("repeatedByPeers: Float!", t => (double)t.RepeatedByPeers);
            type.Field("repeatedByUs: Float!", t => (double)t.RepeatedByUs);
            type.Field("malformed: Float!", t => (double)t.Malformed);
            type.Field("refused: Float!", t => (double)t.Refused).Description("Requests beyond what their source may ask for.");
            type.Field("blocked: Float!", t => (double)t.Blocked).Description("Messages and connections of blocked addresses, dropped unread.");
            type.Field(t => t.ServerTransactions);
            type.Field(t => t.ClientTransactions);
            type.Field(t => t.Dialogs);
            type.Field(t => t.Registrations).Description("Extensions with a phone.");
            type.Field(t => t.BlockedSources);
            type.Field("connections: [NamedCount!]!", t => t.Connections.Select(open => new NamedCount(open.Transport, open.Count))).Description("By transport.");
        });
        schema.AddQueryType(query => query.Field("telephony: Telephony").Description("Figures of the telephony; null where there is none.").Authorize(Access.Guards)
            .Resolve(context => context.Service<TelephonyReader>().Read()));
    }
}
