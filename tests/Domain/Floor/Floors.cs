using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Floor;

/// <summary>Small pictures of a floor, for tests.</summary>
internal static class Floors
{
    public static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    public static readonly Guid Support = Id(1000);
    public static readonly Guid Sales = Id(1001);

    public static Guid Id(int n) => new(n, 0, 0, new byte[8]);

    public static WaitingContact Waiting(int contact, double seconds, Guid? queue = null) => new(Id(contact), queue ?? Support, Now.AddSeconds(-seconds));

    public static AgentOnFloor Idle(int agent, double seconds, params Guid[] queues) =>
        new(Id(agent), AgentStatus.Available, Now.AddSeconds(-seconds), queues.Length == 0 ? [Support] : queues);

    public static AgentOnFloor With(this AgentOnFloor agent, params (string Skill, int Proficiency)[] skills) =>
        agent with { Attributes = agent.Attributes with { Skills = skills.ToDictionary(s => s.Skill, s => s.Proficiency) } };

    public static AgentOnFloor In(this AgentOnFloor agent, params string[] groups) => agent with { Attributes = agent.Attributes with { Groups = groups } };

    public static FloorPicture Picture(QueueSettings support, IReadOnlyList<WaitingContact> waiting, IReadOnlyList<AgentOnFloor> agents, Guid? lastOffered = null, QueuePace? pace = null) => new(
        Now, waiting, agents, new Dictionary<Guid, QueueOnFloor>
        {
            [Support] = new(Support, support) { LastOffered = lastOffered, Pace = pace ?? QueuePace.Unknown },
            [Sales] = new(Sales, new QueueSettings("Sales", "1001")),
        });

    /// <summary>Who is offered what, as <c>contact:agent+agent</c>, in the order in which it was decided.</summary>
    public static string Offers(this FloorPicture floor) =>
        string.Join(' ', Distributor.Propose(floor).Select(p => $"{Number(p.ContactId)}:{string.Join('+', p.AgentIds.Select(Number))}"));

    private static int Number(Guid id) => BitConverter.ToInt32(id.ToByteArray());
}
