using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Retention.RetentionEvent>;

namespace CallCenter.Domain.Retention;

/// <summary>How many days what is kept; 0 keeps it for ever, and is what holds while nobody has said otherwise.</summary>
/// <param name="RecordingDays">Recordings of calls, from their beginning. A queue may keep its own for less.</param>
/// <param name="VoicemailDays">Messages, from when they were left. A queue may keep its own for less.</param>
/// <param name="LadderDays">SIP messages of calls, from the calls' end. The environment may keep them for less.</param>
/// <param name="PersonDays">Callers and customers, from their last contact, while nothing is open for them: then they are forgotten.</param>
public sealed record RetentionSettings(int RecordingDays = 0, int VoicemailDays = 0, int LadderDays = 0, int PersonDays = 0);

/// <summary>An event of what the center keeps for how long.</summary>
public abstract record RetentionEvent(DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>What holds from now on.</summary>
/// <param name="By">User name.</param>
public sealed record RetentionConfigured(RetentionSettings Settings, DateTimeOffset OccurredAt, string? By = null) : RetentionEvent(OccurredAt);

/// <summary>SIP messages of calls are erased that ended before an instant.</summary>
/// <param name="Calls">Of how many calls.</param>
public sealed record LaddersErased(int Calls, DateTimeOffset EndedBefore, DateTimeOffset OccurredAt) : RetentionEvent(OccurredAt);

public sealed record ConfigureRetention(RetentionSettings Settings, DateTimeOffset At, string? By);

/// <summary>What the center keeps for how long, of all types that no queue decides on.</summary>
public sealed record RetentionPolicy(RetentionSettings Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "retention";

    private const int LongestDays = 36_500;

    /// <summary>Its stream.</summary>
    public static readonly Guid Id = new("0194f000-0000-7000-8000-0000000000b2");

    public static readonly RetentionPolicy Initial = new(new RetentionSettings(), DateTimeOffset.MinValue);

    /// <summary>Total over the events of the policy.</summary>
    public static RetentionPolicy Evolve(RetentionPolicy policy, RetentionEvent @event) => @event switch
    {
        RetentionConfigured e => new RetentionPolicy(e.Settings, e.OccurredAt),
        LaddersErased => policy with { LastAt = @event.OccurredAt },
        _ => throw new UnreachableException($"RetentionPolicy does not evolve {@event.GetType().Name}."),
    };

    public static Decision<RetentionEvent> Decide(ConfigureRetention command, RetentionPolicy policy)
    {
        var (recordings, voicemails, ladders, persons) = command.Settings;
        return new[] { recordings, voicemails, ladders, persons }.Any(days => days is < 0 or > LongestDays)
            ? Refuse("RETENTION_DAYS", $"Days are 1 to {LongestDays}, or 0 for ever.")
            : command.Settings == policy.Settings ? Accept()
            : Accept(new RetentionConfigured(command.Settings, command.At.NotBefore(policy.LastAt), command.By));
    }
}
