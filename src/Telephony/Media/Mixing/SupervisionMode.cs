namespace CallCenter.Telephony;

/// <summary>Who hears a supervisor; the supervisor hears all.</summary>
public enum SupervisionMode
{
    /// <summary>Nobody.</summary>
    Listen,

    /// <summary>The supervised leg alone.</summary>
    Whisper,

    /// <summary>Everybody.</summary>
    Barge,
}
