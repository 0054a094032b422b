using System.Security.Cryptography;

namespace CallCenter.Api.Accounts;

/// <summary>Passwords made up by us, and the files that tell them to the person who owns the data folder.</summary>
internal static class Secrets
{
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    /// <summary>Letters and digits without those that people mistake for others; 20 of them carry 115 bits.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString(Alphabet, 20);

    /// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
    public static async Task WriteFileAsync(string path, string content, CancellationToken cancellationToken)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        await using (var file = new FileStream(unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteAsync(content.AsMemory(), cancellationToken);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
