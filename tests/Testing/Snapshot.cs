using System.Runtime.CompilerServices;
using System.Text;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace CallCenter.Testing;

/// <summary>Compares a text with the one accepted before, kept beside the test as <c>Class.Method.verified.txt</c>; what differs is left as <c>….received.txt</c>.</summary>
public static class Snapshot
{
    /// <summary>Fails with the difference unless <paramref name="received"/> equals the accepted text. To accept a change, rename the received file.</summary>
    /// <param name="received">What the code under test gives now.</param>
    /// <param name="extension">The kind of text, without a dot: <c>txt</c>, <c>json</c>, <c>graphql</c>.</param>
    /// <param name="name">Tells apart several snapshots of one test; none when null.</param>
    /// <param name="sourceFile">Given by the compiler; the class is taken to have the file's name.</param>
    /// <param name="method">Given by the compiler.</param>
    public static async Task VerifyAsync(
        string received, string extension = "txt", string? name = null, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
    {
        var stem = Path.Combine(
            Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}{(name is null ? "" : $"_{name}")}");
        var (receivedFile, verifiedFile) = ($"{stem}.received.{extension}", $"{stem}.verified.{extension}");
        var actual = Normalise(received);
        var accepted = File.Exists(verifiedFile) ? Normalise(await File.ReadAllTextAsync(verifiedFile)) : "";
        if (string.Equals(actual, accepted, StringComparison.Ordinal) && File.Exists(verifiedFile))
        {
            File.Delete(receivedFile);
            return;
        }

        await File.WriteAllTextAsync(receivedFile, actual);
        Assert.Fail($"{(File.Exists(verifiedFile) ? "Differs from" : "There is no")} {verifiedFile}. To accept: mv '{receivedFile}' '{verifiedFile}'\n{Difference(accepted, actual)}");
    }

    private static string Normalise(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string Difference(string accepted, string actual)
    {
        var text = new StringBuilder();
        foreach (var line in new InlineDiffBuilder(new DiffPlex.Differ()).BuildDiffModel(accepted, actual).Lines.Where(line => line.Type != ChangeType.Unchanged))
        {
            text.Append(line.Type == ChangeType.Inserted ? "+ " : "- ").AppendLine(line.Text);
        }

        return text.ToString();
    }
}
