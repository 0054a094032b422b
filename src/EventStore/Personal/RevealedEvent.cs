using System.Text;

namespace CallCenter.EventStore;

/// <summary>An event with its personal texts in plain, for eyes that may see them. What is kept (read models, snapshots) is made from <see cref="StoredEvent"/>s, which have tokens there.</summary>
public sealed class RevealedEvent
{
    private readonly EventTypes _types;
    private readonly byte[]? _json;
    private object? _data;

    internal RevealedEvent(StoredEvent stored, byte[]? json, EventTypes types) => (Stored, _json, _types) = (stored, json, types);

    /// <summary>The event as it lies in the store.</summary>
    public StoredEvent Stored { get; }

    /// <summary>Whether something personal is in it that can be read.</summary>
    public bool ShowsPersonal { get; internal init; }

    /// <summary>Its contents; what belongs to a forgotten person is <see cref="PersonVault.ForgottenText"/>.</summary>
    /// <inheritdoc cref="StoredEvent.Data" path="/exception"/>
    public object Data => _json is null ? Stored.Data : _data ??= _types.Read(Stored, _json);

    /// <summary>The same as JSON text.</summary>
    public string Json => _json is null ? Stored.Json : Encoding.UTF8.GetString(_json);
}
