namespace CallCenter.GraphQL;

/// <summary>A failure whose message and code are meant for the client. Any other exception reaches it only as "Internal server error".</summary>
public class GraphQLException(string message, string code = ErrorCodes.BadUserInput, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Sent as <c>extensions.code</c>; see <see cref="ErrorCodes"/>.</summary>
    public string Code { get; } = code;
}
