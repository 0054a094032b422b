namespace CallCenter.Domain;

/// <summary>Where a contact goes next: from a dialled number, a flow's step, an overflow rule, a forward or a transfer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Target">
/// Which: a queue's or agent's id (as a GUID's text) or name of a queue, a flow's name, a number to dial, the mailbox (a queue's or agent's id). Null only for
/// <see cref="DestinationKind.HangUp"/>, and for <see cref="DestinationKind.Callback"/> and <see cref="DestinationKind.Voicemail"/> of the queue at hand.
/// </param>
public sealed record Destination(DestinationKind Kind, string? Target = null)
{
    public override string ToString() => Target is null ? Kind.ToString().ToLowerInvariant() : $"{Kind.ToString().ToLowerInvariant()} {Target}";
}

public enum DestinationKind
{
    /// <summary>A queue: the visit at hand ends as overflowed, a new one begins.</summary>
    Queue,

    /// <summary>One agent, by id: offered to nobody else.</summary>
    Agent,

    /// <summary>The active version of an IVR flow, from its first step.</summary>
    Flow,

    /// <summary>An extension, or a number outside, over a trunk.</summary>
    Number,

    /// <summary>The caller leaves a message.</summary>
    Voicemail,

    /// <summary>The caller is called back when the turn is near.</summary>
    Callback,

    /// <summary>The call ends.</summary>
    HangUp,
}
