using System.Text.RegularExpressions;

namespace CallCenter.EventStore;

/// <summary>Marten's rules for names, so that either store reads what the other wrote.</summary>
internal static partial class MartenNames
{
    /// <summary>The class name without namespace and outer class, split before capitals and digits, in lower case, joined by underscores.</summary>
    public static string EventType(Type type)
    {
        var words = BeforeLastOfSeveralCapitals().Replace(type.Name, "${before} ${after}");
        return AfterLowerCase().Replace(words, "${before} ${after}").ToLowerInvariant().Replace(' ', '_');
    }

    /// <summary>Full name and assembly name without version, as <see cref="Type.GetType(string)"/> takes it.</summary>
    public static string DotNetType(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    [GeneratedRegex(@"(?<before>\P{Ll})(?<after>\P{Ll}\p{Ll})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BeforeLastOfSeveralCapitals();

    [GeneratedRegex(@"(?<before>\p{Ll})(?<after>\P{Ll})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterLowerCase();
}
