namespace CallCenter.Domain.Flows;

/// <summary>What may be called how in a flow, and which names have a meaning of their own.</summary>
internal static class FlowNames
{
    /// <summary>As a step's target: back to the flow that called this one; the end of the call where none did.</summary>
    public const string Return = "return";

    /// <summary>The voice that speaks, as espeak-ng names it.</summary>
    public const string Language = "language";

    /// <summary>The PIN that was just keyed in; known to the request of a verify step only.</summary>
    public const string Pin = "pin";

    /// <summary>Variables that every call has: the caller's number and the number that was dialled.</summary>
    public const string Caller = "caller";

    public const string Dialled = "dialled";

    public static readonly string[] BuiltIn = [Language, Caller, Dialled];

    /// <summary>Of flows and steps: letters, digits, - and _, 1 to 64 of them.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public static bool IsVariable(string text) => text.Length is > 0 and <= 64 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Like en, en-us, de.</summary>
    public static bool IsLanguage(string text) => text.Length is >= 2 and <= 20 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>A file below the folder of recorded prompts.</summary>
    public static bool IsFile(string text) => text.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) && text.Length <= 200 && !text.StartsWith('/') && !text.Split('/').Any(part => part is "" or "." or "..")
        && !text.Any(c => char.IsControl(c) || c is '\\' or '{' or '}');
}
