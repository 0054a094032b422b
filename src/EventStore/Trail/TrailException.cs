namespace CallCenter.EventStore;

/// <summary>The trail cannot be sealed or read further: its folder and the database do not belong together any more, or one of them was damaged. The message says which.</summary>
public sealed class TrailException(string message, Exception? innerException = null) : EventStoreException(message, innerException);
