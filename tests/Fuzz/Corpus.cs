using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace CallCenter.Fuzz;

/// <summary>The inputs on disk: seeds, and what was found once and must never be found again.</summary>
internal static class Corpus
{
    private static readonly string Folder = Path.Combine(Here(), "corpus");
    private static readonly string Torture = Path.Combine(Here(), "..", "Conformance", "torture");

    /// <summary>All inputs of a target, in an order that does not change.</summary>
    public static IReadOnlyList<byte[]> Of(Target target)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, target.Name));
        var torture = target.Name == "sip" ? Directory.GetFiles(Torture, "*.dat", SearchOption.AllDirectories) : [];
        return [.. files.Concat(torture).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    /// <summary>Keeps an input that a target failed at.</summary>
    /// <returns>The file.</returns>
    public static string Keep(Finding finding)
    {
        var file = Path.Combine(Folder, finding.Target.Name, $"found-{Convert.ToHexStringLower(SHA256.HashData(finding.Input))[..12]}");
        File.WriteAllBytes(file, finding.Input);
        return file;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
