using CallCenter.Domain.Floor;
using CallCenter.Domain.Flows;

namespace CallCenter.Routing;

/// <summary>What calls need of whoever takes them, beside what their queues ask: by the number that was dialled, or by a flow's step.</summary>
public sealed partial class Router
{
    /// <summary>Gives a call needs; what is not said stays as it was.</summary>
    private static void Need(LiveCall call, ContactNeeds needs) => call.Contact = call.Contact with
    {
        Needs = needs.Skills.Count > 0 ? needs.Skills : call.Contact.Needs,
        NamedAgentId = needs.AgentId ?? call.Contact.NamedAgentId,
        NamedPatienceSeconds = needs.AgentId is null ? call.Contact.NamedPatienceSeconds : needs.AgentPatienceSeconds,
    };

    // Who is named by what a caller keyed in, or another system said, may be nobody: then anybody has the call.
    private void Need(LiveCall call, FlowNeeds needs) =>
        Need(call, new ContactNeeds { Skills = needs.Skills, AgentId = needs.Agent is { } agent ? AgentOf(agent)?.Id : null, AgentPatienceSeconds = needs.AgentPatienceSeconds });

    /// <summary>As events tell them; null for none.</summary>
    private static ContactNeeds? NeedsOf(WaitingContact contact) => contact is { Needs.Count: 0, NamedAgentId: null } ? null
        : new ContactNeeds { Skills = contact.Needs, AgentId = contact.NamedAgentId, AgentPatienceSeconds = contact.NamedPatienceSeconds ?? ContactNeeds.UsualPatienceSeconds };

    /// <summary>Whoever sends a caller to another queue knows what is needed there.</summary>
    private static WaitingContact NeedingNothing(WaitingContact contact) => WaitingForNobody(contact) with { Needs = [] };

    private static WaitingContact WaitingForNobody(WaitingContact contact) => contact with { NamedAgentId = null, NamedPatienceSeconds = null };

    /// <summary>By id, extension, or name; of an extension whoever it belongs to goes before whoever sits there.</summary>
    private LiveAgent? AgentOf(string text) => Guid.TryParse(text, out var id) ? _agents.GetValueOrDefault(id)
        : _agents.Values.FirstOrDefault(agent => agent.State.OwnExtension == text) ?? _extensions.GetValueOrDefault(text)
        ?? _agents.Values.FirstOrDefault(agent => string.Equals(agent.State.Name, text, StringComparison.Ordinal));
}
