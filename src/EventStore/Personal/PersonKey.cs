using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CallCenter.EventStore;

/// <summary>The secret under which all that is personal to one person is kept: AES-256-GCM, with a key of its own for each use.</summary>
internal sealed class PersonKey
{
    public const int SecretBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int IndexBytes = 16;
    private const int IdBytes = 16;

    // ASCII "pd1" and a zero: what sealed bytes begin with, before the key's id.
    private static readonly byte[] Magic = [0x70, 0x64, 0x31, 0x00];

    private readonly byte[] _text;
    private readonly byte[] _nonce;
    private readonly byte[] _index;
    private readonly byte[] _bytes;

    public PersonKey(Guid id, ReadOnlySpan<byte> secret)
    {
        Id = id;
        Span<byte> keys = stackalloc byte[4 * SecretBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, keys, "callcenter person key 1"u8);
        _text = keys[..SecretBytes].ToArray();
        _nonce = keys[SecretBytes..(2 * SecretBytes)].ToArray();
        _index = keys[(2 * SecretBytes)..(3 * SecretBytes)].ToArray();
        _bytes = keys[(3 * SecretBytes)..].ToArray();
    }

    public Guid Id { get; }

    /// <summary>What an identifier is searched by among the texts under this key.</summary>
    public string Index(string kind, string identifier) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_index, Encoding.UTF8.GetBytes($"{kind}\0{IdentifierForm.Of(identifier)}")).AsSpan(0, IndexBytes));

    /// <summary>Seals a text for its stream. The same event gives the same token, so that an append may be repeated.</summary>
    public PersonalToken Seal(PersonalText text, Guid eventId, bool identifies)
    {
        var index = identifies ? Index(text.Kind, text.Text) : "";
        var plain = Encoding.UTF8.GetBytes(text.Text);
        byte[] told = [.. eventId.ToByteArray(), .. Encoding.UTF8.GetBytes(text.Kind), 0, .. plain];
        var nonce = HMACSHA256.HashData(_nonce, told).AsSpan(0, NonceBytes);
        return PersonalToken.Of(Id, index, Encrypt(_text, nonce, plain, Context(PersonalToken.Of(Id, index, []).Header, text)));
    }

    /// <exception cref="PersonalDataTamperedException">It was changed, or does not belong where it stands.</exception>
    public string Open(PersonalToken token, PersonalText text)
    {
        var payload = Base64Url.DecodeFromChars(token.Payload);
        return TryDecrypt(_text, payload, Context(token.Header, text), out var plain)
            ? Encoding.UTF8.GetString(plain)
            : throw new PersonalDataTamperedException($"A personal text ({text.Kind}) of stream {text.StreamId} does not open under its key {Id}: it was changed, or moved here from another place.");
    }

    /// <summary>Seals bytes (a recording, a SIP trace) for their stream and for their part of it.</summary>
    public byte[] Seal(ReadOnlySpan<byte> content, Guid streamId, string part) =>
        [.. Magic, .. Id.ToByteArray(bigEndian: true), .. Encrypt(_bytes, RandomNumberGenerator.GetBytes(NonceBytes), content, Context(streamId, part))];

    /// <summary>False when they were changed, or do not belong where they were found.</summary>
    public bool TryOpen(ReadOnlySpan<byte> sealedBytes, Guid streamId, string part, out byte[] content) =>
        TryDecrypt(_bytes, sealedBytes[(Magic.Length + IdBytes)..], Context(streamId, part), out content);

    /// <summary>The bytes that say no more than whose they were.</summary>
    public static byte[] Nothing(Guid keyId) => [.. Magic, .. keyId.ToByteArray(bigEndian: true)];

    /// <summary>The key that sealed these bytes; false when nothing sealed them.</summary>
    public static bool TryReadId(ReadOnlySpan<byte> sealedBytes, out Guid keyId)
    {
        var ours = sealedBytes.Length >= Magic.Length + IdBytes && sealedBytes.StartsWith(Magic);
        keyId = ours ? new Guid(sealedBytes.Slice(Magic.Length, IdBytes), bigEndian: true) : default;
        return ours;
    }

    /// <summary>Nonce, cipher text and tag.</summary>
    internal static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        var result = new byte[NonceBytes + plain.Length + TagBytes];
        nonce.CopyTo(result);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, result.AsSpan(NonceBytes, plain.Length), result.AsSpan(NonceBytes + plain.Length), context);
        return result;
    }

    internal static bool TryDecrypt(byte[] key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> context, out byte[] plain)
    {
        plain = [];
        if (box.Length < NonceBytes + TagBytes)
        {
            return false;
        }

        var content = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], content, context);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plain = content;
        return true;
    }

    private static byte[] Context(string header, PersonalText text) => Encoding.UTF8.GetBytes($"{header}|{text.StreamId:N}|{text.Kind}");

    private static byte[] Context(Guid streamId, string part) => Encoding.UTF8.GetBytes($"bytes|{streamId:N}|{part}");
}
