using System.Runtime.CompilerServices;

namespace CallCenter.Api.Tests;

/// <summary>What README says that faults cost is proved by the tests that it names: they are there, and they run.</summary>
public sealed class FaultTableTests
{
    public static TheoryData<string, string> Named()
    {
        var named = new TheoryData<string, string>();
        foreach (var row in Rows())
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            var tests = cells[^2].Split('`', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
            tests.ShouldNotBeEmpty($"a row without a test: {row}");
            tests.ForEach(test => named.Add(cells[1], test));
        }

        return named;
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void Each_row_names_tests_that_are_there_and_run(string fault, string test)
    {
        var parts = test.Split('.');
        parts.Length.ShouldBe(2, $"\"{test}\" of \"{fault}\" is not Folder/Class.Method");
        var file = Path.Combine(Root, "tests", $"{parts[0]}.cs");
        File.Exists(file).ShouldBeTrue($"{file} of \"{fault}\" is not there");
        var lines = File.ReadAllLines(file);
        var at = Array.FindIndex(lines, line => line.Contains($" {parts[1]}(", StringComparison.Ordinal) && line.Contains("public ", StringComparison.Ordinal));
        at.ShouldBeGreaterThan(0, $"{test} of \"{fault}\" is not there");
        var attributes = lines[..at].Reverse().TakeWhile(line => line.TrimStart().StartsWith('[')).ToList();
        attributes.ShouldContain(line => line.Contains("[Fact]", StringComparison.Ordinal) || line.Contains("[Theory]", StringComparison.Ordinal), $"{test} is no test that runs");
    }

    private static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    private static List<string> Rows()
    {
        var rows = File.ReadLines(Path.Combine(Root, "README.md")).SkipWhile(line => line != "## When something fails").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(line => line.StartsWith('|')).Skip(2).ToList();
        rows.Count.ShouldBeGreaterThan(10);
        return rows;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
