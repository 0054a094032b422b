using System.Text;

namespace CallCenter.EventStore;

/// <summary>An exception as it is kept beside what failed.</summary>
internal static class ErrorText
{
    private const int Limit = 2_000;

    /// <summary>Type and message, cut after 2,000 characters, without what PostgreSQL cannot keep in a text.</summary>
    public static string Of(Exception exception)
    {
        var text = $"{exception.GetType().Name}: {exception.Message}".Replace('\0', '?');

        // Half a surrogate pair would not be sent: there and back, it becomes a replacement character.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= Limit ? text : text[..Limit]));
    }
}
