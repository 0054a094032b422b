using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CallCenter.EventStore;

/// <summary>What the trail keeps outside its database: the signing key, the verifying key for others, and the latest head. One folder belongs to one database.</summary>
/// <remarks>Whoever can write here and in the database can forge the trail; whoever can only write in the database cannot. Nodes of one center share the folder or have copies of the key.</remarks>
public sealed class TrailFolder(string path)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly string _signingKey = System.IO.Path.Combine(path, "signing-key.pem");
    private readonly string _verifyingKey = System.IO.Path.Combine(path, "verifying-key.pem");

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>The file that names the last seal (JSON).</summary>
    public string HeadPath { get; } = System.IO.Path.Combine(path, "head.json");

    /// <summary>The key that signs; null when there is none.</summary>
    /// <exception cref="TrailException">The file holds no such key.</exception>
    internal ECDsa? ReadSigningKey() => ReadKey(_signingKey);

    /// <summary>A key that verifies: <c>verifying-key.pem</c> is enough. Null when there is none.</summary>
    /// <exception cref="TrailException">The file holds no such key.</exception>
    internal ECDsa? ReadVerifyingKey() => ReadKey(_verifyingKey) ?? ReadKey(_signingKey);

    /// <summary>Makes the keys, ECDSA P-256.</summary>
    internal ECDsa CreateKey()
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(_verifyingKey, key.ExportSubjectPublicKeyInfoPem() + "\n");
        Write(_signingKey, key.ExportPkcs8PrivateKeyPem() + "\n");
        return key;
    }

    /// <summary>The last seal as this folder knows it; null when it knows none.</summary>
    /// <exception cref="TrailException">The file is there but is none.</exception>
    internal SignedSeal? ReadHead()
    {
        try
        {
            return File.Exists(HeadPath) ? JsonSerializer.Deserialize<SignedSeal>(File.ReadAllText(HeadPath), Json) : null;
        }
        catch (JsonException exception)
        {
            throw new TrailException($"The head file {HeadPath} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Puts another head in the place of the present one, which is kept beside it: it tells what was lost.</summary>
    internal void ReplaceHead(SignedSeal head, DateTimeOffset now)
    {
        if (File.Exists(HeadPath))
        {
            File.Copy(HeadPath, System.IO.Path.Combine(path, $"head-replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}.json"));
        }

        WriteHead(head);
    }

    internal void WriteHead(SignedSeal head) => Write(HeadPath, JsonSerializer.Serialize(head, Json) + "\n");

    private static ECDsa? ReadKey(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new TrailException($"The key file {file} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a file that only its owner can read, whole or not at all, and on the disk when this returns.</summary>
    private static void Write(string file, string content)
    {
        var unfinished = file + ".new";
        File.Delete(unfinished);
        using var stream = new FileStream(unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.UTF8.GetBytes(content));
        stream.Flush(flushToDisk: true);
        File.Move(unfinished, file, overwrite: true);

        // A second time for the new name, which ext4, XFS and Btrfs take along with the file that bears it.
        stream.Flush(flushToDisk: true);
    }
}
