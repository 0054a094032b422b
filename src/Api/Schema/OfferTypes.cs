using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Queues;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

/// <summary>What an agent is told of a call before answering.</summary>
internal sealed record Offer(CallView Call, DateTimeOffset ExpiresAt);

internal static class OfferTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<Offer>(type =>
        {
            type.Description("A call that rings at an agent: there before the phone rings, also for one that a colleague hands over.");
            type.Field("call: Call!", o => o.Call);
            type.Field("attributes: JSON!").Description("What is known of the caller and was said to the IVR, by name.").Resolve(async (offer, context) =>
            {
                var attributes = new SortedDictionary<string, string?>(StringComparer.Ordinal);
                foreach (var set in (await context.StreamAsync(offer.Call.Id)).Select(e => e.Data).OfType<CallAttributeSet>())
                {
                    attributes[set.Name] = await context.RevealAsync(offer.Call.Id, PersonalKinds.Text, set.Value);
                }

                return JsonSerializer.SerializeToElement(attributes);
            });
            type.Field("ivrPath: [String!]!").Description("The steps of flows that the caller went through, each with its result.").Resolve(async (offer, context) =>
                (await context.StreamAsync(offer.Call.Id)).Select(e => e.Data).OfType<IvrStepTaken>().Select(step => $"{step.Flow}/{step.Step}: {step.Result}").ToArray());
            type.Field("expiresAt: DateTime!", o => o.ExpiresAt).Description("When it stops to ring here.");
        });
        schema.AddObjectTypeExtension<AgentView>("Agent", type => type.Field("offer: Offer").Description("The call that rings at the agent; null when none does.").Resolve(async (agent, context) =>
        {
            if (agent is not { Status: AgentStatus.Offered, CallId: { } id } || await context.CallAsync(id) is not { } call)
            {
                return null;
            }

            // A colleague's call and one that is handed over ring as long as all direct calls; a queue's as its settings say.
            var queue = call.State == CallState.Offered && call.LastVisit is { Outcome: null } visit
                ? (await context.Service<QueueQueries>().SettingsAsync(context.RequestAborted)).FirstOrDefault(q => q.Id == visit.QueueId).Settings
                : null;
            return new Offer(call, agent.StatusSince + (queue is null ? Router.DirectRing : TimeSpan.FromSeconds(queue.RingSeconds)));
        }));
    }
}
