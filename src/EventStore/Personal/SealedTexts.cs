namespace CallCenter.EventStore;

/// <summary>The personal texts of one append, as tokens, by event id and member.</summary>
internal sealed class SealedTexts(EventTypes types)
{
    private readonly Dictionary<(Guid EventId, string Member), string> _tokens = [];

    public void Add(Guid eventId, PersonalMember member, PersonalToken token) => _tokens[(eventId, member.Name)] = token.ToString();

    /// <summary>The event's JSON with tokens where it had personal texts.</summary>
    public byte[] PutInto(byte[] json, EventData data) => _tokens.Count > 0 && types.PersonalOf(data.Data.GetType()) is { } shape
        ? shape.Rewrite(json, (member, _) => _tokens.GetValueOrDefault((data.Id, member.Name)))
        : json;
}
