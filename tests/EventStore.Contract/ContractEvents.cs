namespace CallCenter.EventStore.Contract;

/// <summary>The events that the suite appends.</summary>
public static class ContractEvents
{
    /// <summary>All that a store under test must know.</summary>
    public static EventTypes Types { get; } = new EventTypes().Add<Counted>().Add<Noted>();
}

/// <summary>An event with a number.</summary>
public sealed record Counted(int Amount);

/// <summary>An event with a text.</summary>
public sealed record Noted(string Text);

/// <summary>An event of a type that no store under test knows.</summary>
public sealed record NeverRegistered(string Text);
