namespace CallCenter.Domain.Dialling;

/// <summary>Numbers as people write and dial them.</summary>
public static class Dialled
{
    public const int Longest = 32;

    /// <summary>Without what is only there for the eye: <c>+49 (30) 123-45</c> is <c>+493012345</c>.</summary>
    public static string Compact(string text) => string.Concat(text.Where(c => c is not (' ' or '-' or '(' or ')' or '/' or '.')));

    /// <summary>Digits, with * and #, after a + perhaps; at most <see cref="Longest"/>.</summary>
    public static bool IsNumber(string text)
    {
        var number = Compact(text);
        var digits = number.StartsWith('+') ? number[1..] : number;
        return digits.Length > 0 && number.Length <= Longest && digits.All(c => char.IsAsciiDigit(c) || c is '*' or '#');
    }
}
