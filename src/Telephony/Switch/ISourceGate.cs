namespace CallCenter.Telephony;

/// <summary>Who is not listened to: the verbs of <see cref="Switch"/> for whoever decides about that.</summary>
public interface ISourceGate
{
    /// <inheritdoc cref="Switch.Block"/>
    bool Block(string address, string reason, DateTimeOffset until);

    /// <inheritdoc cref="Switch.IsTrusted"/>
    bool IsTrusted(string address);

    /// <inheritdoc cref="Switch.Unblock"/>
    void Unblock(string address);
}
