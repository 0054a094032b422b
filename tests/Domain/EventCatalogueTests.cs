using System.Runtime.CompilerServices;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;

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
                _ => throw new InvalidOperationException($"{type.Name} belongs to no aggregate."),
            });
        }
    }

    [Fact]
    public void Events_are_sealed() => EventCatalogue.Types.ShouldAllBe(t => t.IsSealed);
}
