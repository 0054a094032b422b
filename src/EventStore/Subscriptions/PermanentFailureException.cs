namespace CallCenter.EventStore;

/// <summary>A subscription's event cannot be handled, and trying again would not help: it is a dead letter at once.</summary>
public sealed class PermanentFailureException(string message, Exception? innerException = null) : Exception(message, innerException);
