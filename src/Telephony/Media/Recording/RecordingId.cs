namespace CallCenter.Telephony;

/// <summary>One recording. Chosen by the one who begins it, and never used again.</summary>
public readonly record struct RecordingId(Guid Value)
{
    public override string ToString() => $"recording {Value}";
}
