using System.Reflection;
using System.Text.RegularExpressions;
using CallCenter.Telephony.Tests.Sip;

namespace CallCenter.Conformance.Tests;

/// <summary>The list of hard cases in this folder's README.md names tests that exist.</summary>
public sealed partial class HardCaseListTests
{
    [Fact]
    public void Every_test_that_the_list_names_exists()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var list = text[text.IndexOf("## Hard cases", StringComparison.Ordinal)..];
        var types = new[] { typeof(HardCaseListTests).Assembly, typeof(AgentBench).Assembly }.SelectMany(a => a.GetTypes()).ToLookup(t => t.Name, StringComparer.Ordinal);
        var named = TestName().Matches(list).Select(m => (Type: m.Groups["type"].Value, Method: m.Groups["method"].Value)).ToList();

        named.Count.ShouldBeGreaterThan(25);
        named.Where(n => !types[n.Type].Any(t => n.Method.Length == 0 || t.GetMethod(n.Method, BindingFlags.Public | BindingFlags.Instance) is not null)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"`(?<type>\w+Tests)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();
}
