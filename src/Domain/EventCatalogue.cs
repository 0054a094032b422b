using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain;

/// <summary>Every event type of the product, for the store's registry. A type that is not here cannot be written; a test keeps the list whole.</summary>
public static class EventCatalogue
{
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(CallReceived), typeof(CallEnteredIvr), typeof(CallQueued), typeof(CallOffered), typeof(CallOfferNotAnswered), typeof(CallAnswered),
        typeof(CallHeld), typeof(CallRetrieved), typeof(CallAbandoned), typeof(CallEnded), typeof(WrapUpStarted), typeof(WrapUpCompleted),
        typeof(AgentCreated), typeof(AgentChanged), typeof(AgentSignedIn), typeof(AgentStatusChanged), typeof(AgentSignedOut),
        typeof(QueueCreated), typeof(QueueChanged),
    ];
}
