namespace CallCenter.EventStore;

/// <summary>The master key's file is missing, holds something else, or belongs to another database. The message names the file.</summary>
public sealed class MasterKeyException(string message) : EventStoreException(message);

/// <summary>A sealed personal text or byte string was changed after it was written, or stands where it was not written.</summary>
public sealed class PersonalDataTamperedException(string message) : EventStoreException(message);

/// <summary>A person's key is neither there nor known to be forgotten: the keys were not restored with the data.</summary>
public sealed class PersonKeyMissingException(Guid keyId)
    : EventStoreException($"The person's key {keyId} is not among the keys of this database (schema person_keys), nor was it forgotten: restore the backup of the keys.")
{
    /// <summary>The key.</summary>
    public Guid KeyId { get; } = keyId;
}
