namespace CallCenter.Domain.Customers;

/// <summary>Spellings of telephone numbers. There is no numbering plan here: a national number (<c>030 555</c>) is one by itself, and never found by its international form.</summary>
public static class PhoneNumbers
{
    private const int ShortestInternational = 8;
    private const int LongestInternational = 15;

    /// <summary>How a customer's number is kept: <c>+</c> and digits (E.164) where it begins with + or 00, else as it is dialled inside, without punctuation.</summary>
    /// <returns>Null when it is no number.</returns>
    public static string? Normalise(string text)
    {
        var plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '.' or '/' or '(' or ')')));
        var isInternational = plain.StartsWith('+') || plain.StartsWith("00", StringComparison.Ordinal);
        return !isInternational ? (Dialable.Is(plain) ? plain.ToLowerInvariant() : null)
            : plain[(plain[0] == '+' ? 1 : 2)..] is { Length: >= ShortestInternational and <= LongestInternational } digits && digits.All(char.IsAsciiDigit) ? $"+{digits}"
            : null;
    }

    /// <summary>All spellings under which a number of one phone may come in: trunks tell <c>+4930…</c>, <c>4930…</c> and <c>004930…</c>.</summary>
    public static IReadOnlyList<string> Spellings(string text)
    {
        if (Normalise(text) is not { } number)
        {
            return [];
        }

        var digits = number.TrimStart('+');
        return digits.Length is >= ShortestInternational and <= LongestInternational && digits.All(char.IsAsciiDigit) && digits[0] != '0' ? [$"+{digits}", digits, $"00{digits}"] : [number];
    }
}
