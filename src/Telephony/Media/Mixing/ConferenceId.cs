namespace CallCenter.Telephony;

/// <summary>One conference. Chosen by the one who opens it.</summary>
public readonly record struct ConferenceId(Guid Value)
{
    public override string ToString() => $"conference {Value}";
}
