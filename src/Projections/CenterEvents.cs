using CallCenter.Domain;
using CallCenter.EventStore;

namespace CallCenter.Projections;

/// <summary>The domain's events as the store takes them.</summary>
public static class CenterEvents
{
    /// <summary>Every event type of the product, with what is personal in it.</summary>
    public static EventTypes Types()
    {
        var types = new EventTypes();
        foreach (var type in EventCatalogue.Types)
        {
            types.Add(type, [.. EventCatalogue.Personal.GetValueOrDefault(type, []).Select(detail => new PersonalMember(detail.Member, detail.Kind, detail.Identifies, detail.When))]);
        }

        return types;
    }
}
