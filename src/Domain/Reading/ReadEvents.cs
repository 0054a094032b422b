namespace CallCenter.Domain.Reading;

/// <summary>Somebody has read or heard what is personal to callers and customers. No state follows from it: it is told for the trail.</summary>
/// <param name="UserName">Who.</param>
public abstract record ReadEvent(string UserName, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt)
{
    public const string StreamType = "reading";

    private static readonly Guid Space = new("b7a5f4b3-0c0e-4f4f-8f5e-6f0b8d2f7a21");

    /// <summary>The stream of what a user reads on a day (UTC).</summary>
    public static Guid StreamOf(string userName, DateTimeOffset at) => NameBasedGuid.Of(Space, FormattableString.Invariant($"{at.UtcDateTime:yyyy-MM-dd} {userName}"));
}

/// <summary>Personal texts were shown in plain. What is shown again to the same user within minutes is not told again.</summary>
/// <param name="Kinds">Which kinds of texts: those of <see cref="PersonalKinds"/>, and <c>sip</c> for SIP messages.</param>
/// <param name="Subjects">Ids of the customers, calls, tickets and messages whose texts they are; of a long list the first ones.</param>
/// <param name="Count">How many these were.</param>
/// <param name="Reason">Why, when the reader said so.</param>
public sealed record PersonalDataRead(string UserName, IReadOnlyList<string> Kinds, IReadOnlyList<Guid> Subjects, int Count, DateTimeOffset OccurredAt, string? Reason = null) : ReadEvent(UserName, OccurredAt);

/// <summary>A recording or message was played or downloaded. What is fetched again by the same user within minutes, as players do, is not told again.</summary>
/// <param name="AudioId">Of the recording or message.</param>
/// <param name="CallId">In which it was made.</param>
/// <param name="Reason">Why, when the listener said so.</param>
public sealed record AudioPlayed(string UserName, AudioKind Kind, Guid AudioId, Guid CallId, DateTimeOffset OccurredAt, string? Reason = null) : ReadEvent(UserName, OccurredAt);

public enum AudioKind { Recording, Voicemail }
