namespace CallCenter.Telephony.Sip;

/// <summary>What text must not hold to be written into a message.</summary>
internal static class SipText
{
    public static bool BreaksLine(ReadOnlySpan<char> text) => text.ContainsAny('\r', '\n');

    /// <exception cref="ArgumentException">The text holds a line break: it could smuggle header fields in.</exception>
    public static void ThrowIfBreaksLine(string? text, string name)
    {
        if (BreaksLine(text))
        {
            throw new ArgumentException("it holds a line break", name);
        }
    }
}
