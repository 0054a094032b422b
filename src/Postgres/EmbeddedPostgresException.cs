namespace CallCenter.Postgres;

/// <summary>The private PostgreSQL cannot be found, made, started or stopped; the message says why and what to do.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? innerException = null) : Exception(message, innerException);
