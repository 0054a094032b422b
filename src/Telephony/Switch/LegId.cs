namespace CallCenter.Telephony;

/// <summary>One leg of a call: one side's dialog and media. Unique in this process, never reused, ascending in order of creation.</summary>
public readonly record struct LegId(long Value)
{
    public override string ToString() => $"leg {Value}";
}

/// <summary>One request of a phone to call somebody in its place. Unique in this process, never reused.</summary>
public readonly record struct TransferId(long Value)
{
    public override string ToString() => $"transfer {Value}";
}
