namespace CallCenter.GraphQL.Types;

/// <summary>"Did you mean" hints: names close to a wrong one by edit distance.</summary>
internal static class Suggestions
{
    private const int Most = 5;

    // A name longer than this is no typing mistake, and measuring its distance to every name of a schema would be a gift to an attacker.
    private const int LongestName = 100;

    /// <summary>The options within two fifths of the name's length, nearest first.</summary>
    public static IReadOnlyList<string> Rank(string name, IEnumerable<string> options)
    {
        if (name.Length > LongestName)
        {
            return [];
        }

        var threshold = (name.Length * 2 / 5) + 1;
        return [.. options
            .Distinct(StringComparer.Ordinal)
            .Select(option => (Option: option, Distance: Distance(name, option, threshold)))
            .Where(candidate => candidate.Distance <= threshold)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Option, NaturalComparer.Instance)
            .Select(candidate => candidate.Option),];
    }

    /// <summary>A sentence to append to a message, empty when there is nothing to suggest.</summary>
    public static string DidYouMean(IReadOnlyList<string> names, string? what = null)
    {
        var quoted = names.Take(Most).Select(name => $"\"{name}\"").ToArray();
        var list = quoted switch
        {
            [] => null,
            [var only] => only,
            [var first, var second] => $"{first} or {second}",
            _ => $"{string.Join(", ", quoted[..^1])}, or {quoted[^1]}",
        };
        return list is null ? "" : what is null ? $" Did you mean {list}?" : $" Did you mean {what} {list}?";
    }

    /// <summary>Damerau-Levenshtein distance without regard to case (a difference of case alone counts 1).</summary>
    private static int Distance(string name, string option, int threshold)
    {
        if (string.Equals(name, option, StringComparison.Ordinal))
        {
            return 0;
        }

        var a = name.ToLowerInvariant();
        var b = option.ToLowerInvariant();
        if (a == b)
        {
            return 1;
        }

        if (Math.Abs(a.Length - b.Length) > threshold)
        {
            return threshold + 1;
        }

        var beforePrevious = new int[b.Length + 1];
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }

    /// <summary>Orders names as people do: digits by their number.</summary>
    private sealed class NaturalComparer : IComparer<string>
    {
        public static readonly NaturalComparer Instance = new();

        public int Compare(string? x, string? y) =>
            string.Compare(x, y, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering);
    }
}
