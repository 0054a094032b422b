namespace CallCenter.GraphQL.Tests;

/// <summary>Files beside the tests' sources.</summary>
internal static class TestFiles
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The cases of a corpus file, which stand between lines of equals signs.</summary>
    public static IReadOnlyList<string> Cases(string path) => Read(path).Split("=====\n");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(directory.FullName, "Corpus")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException($"No Corpus folder above {AppContext.BaseDirectory}.");
        }

        return directory.FullName;
    }
}
