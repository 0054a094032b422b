namespace CallCenter.EventStore.Tests;

public enum Mood
{
    Calm,
    Angry,
}

public sealed record CallQueued(string Queue, DateTimeOffset OccurredAt, Mood Mood = Mood.Calm);

public sealed record CallAnswered(string Agent);

public sealed record Counted(int Amount);
