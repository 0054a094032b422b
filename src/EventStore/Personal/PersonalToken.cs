using System.Buffers.Text;

namespace CallCenter.EventStore;

/// <summary>What stands for a personal text in events and read models: <c>pd1.key.index.sealed</c>, each part in base64url.</summary>
/// <remarks>
/// The key's id groups what belongs to one person and says nothing else. The index, which only identifiers have, is equal for equal values under one key and cannot be made
/// without that key. The sealed part is empty in what was written after the person was forgotten.
/// </remarks>
public readonly record struct PersonalToken
{
    private const string Prefix = "pd1.";

    // 16 bytes in base64url.
    private const int IdLength = 22;

    private PersonalToken(Guid keyId, string index, string payload) => (KeyId, Index, Payload) = (keyId, index, payload);

    /// <summary>The key that opens it.</summary>
    public Guid KeyId { get; }

    /// <summary>For equality search; empty for a text that identifies nobody.</summary>
    public string Index { get; }

    internal string Payload { get; }

    /// <summary>All but the sealed part, which is bound to it.</summary>
    internal string Header => $"{Prefix}{IdText(KeyId)}.{Index}";

    /// <summary>By what a stored text is searched and grouped: a token's index, and a plain text by itself. Null for none or an empty one.</summary>
    /// <exception cref="PersonalDataTamperedException">It begins as a token and is none.</exception>
    public static string? SearchKey(string? stored) => string.IsNullOrEmpty(stored) ? null : TryRead(stored, out var token) ? token.Index : stored;

    /// <summary>What all tokens under a key begin with.</summary>
    public static string StartOf(Guid keyId) => $"{Prefix}{IdText(keyId)}.";

    /// <inheritdoc/>
    public override string ToString() => $"{Header}.{Payload}";

    internal static PersonalToken Of(Guid keyId, string index, ReadOnlySpan<byte> payload) => new(keyId, index, Base64Url.EncodeToString(payload));

    /// <summary>False for a plain text.</summary>
    /// <exception cref="PersonalDataTamperedException">It begins as a token and is none.</exception>
    internal static bool TryRead(string stored, out PersonalToken token)
    {
        token = default;
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> id = stackalloc byte[16];
        var parts = stored.Split('.');
        if (parts.Length != 4 || parts[1].Length != IdLength || !Base64Url.TryDecodeFromChars(parts[1], id, out var written) || written != id.Length || !Base64Url.IsValid(parts[3]))
        {
            throw new PersonalDataTamperedException($"\"{stored}\" begins as the token of a personal text but is none.");
        }

        token = new PersonalToken(new Guid(id, bigEndian: true), parts[2], parts[3]);
        return true;
    }

    private static string IdText(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
