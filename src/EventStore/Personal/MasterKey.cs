using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>The key that wraps all persons' keys. It lies in a file outside the database; every node of a center has the same one.</summary>
internal sealed class MasterKey
{
    public const string FileName = "master-key";

    private readonly byte[] _key;

    private MasterKey(string path, byte[] key) => (Path, _key) = (path, key);

    public string Path { get; }

    /// <summary>Reads the key; makes one where there is none and <paramref name="mayMake"/>.</summary>
    /// <exception cref="MasterKeyException">It is missing, or the file holds something else.</exception>
    public static async Task<MasterKey> LoadAsync(string folder, bool mayMake, CancellationToken ct)
    {
        var path = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (!mayMake)
            {
                throw new MasterKeyException($"The master key {path} is missing, and the database holds persons' keys that only it opens: restore the file, or set the folder in which it lies.");
            }

            Make(folder, path);
        }

        var text = (await File.ReadAllTextAsync(path, ct)).Trim();
        var key = new byte[PersonKey.SecretBytes];
        return text.Length == 2 * key.Length && Convert.FromHexString(text, key, out _, out _) == System.Buffers.OperationStatus.Done
            ? new MasterKey(path, key)
            : throw new MasterKeyException($"{path} does not hold a master key: {2 * key.Length} hexadecimal digits.");
    }

    /// <param name="secret">What to wrap.</param>
    /// <param name="name">What it is; it opens under no other name.</param>
    public byte[] Wrap(ReadOnlySpan<byte> secret, Guid name) => PersonKey.Encrypt(_key, RandomNumberGenerator.GetBytes(12), secret, name.ToByteArray());

    /// <exception cref="MasterKeyException">This is not the key that wrapped it.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, Guid name) => PersonKey.TryDecrypt(_key, wrapped, name.ToByteArray(), out var secret)
        ? secret
        : throw new MasterKeyException($"The master key {Path} does not open the persons' keys of this database: it is another center's, or the stored key was changed.");

    // Several processes may begin at once. Each writes a file of its own, and the first to give it the name has made the key.
    private static void Make(string folder, string path)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PersonKey.SecretBytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }
}
