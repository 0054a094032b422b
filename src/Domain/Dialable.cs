namespace CallCenter.Domain;

/// <summary>What can stand for whom to call: a telephone number or the user part of a SIP address.</summary>
internal static class Dialable
{
    private const int Longest = 32;

    public static bool Is(string number) => number.Length is > 0 and <= Longest && number.All(IsPart);

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_';
}
