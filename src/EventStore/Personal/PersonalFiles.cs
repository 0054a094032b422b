namespace CallCenter.EventStore;

/// <summary>Seals bytes that are no events (a recording, a SIP trace) under the key of the person whom a stream is about.</summary>
public sealed class PersonalFiles(PersonVault persons, EventTypes types)
{
    private readonly PersonalSealing _sealing = new(types, persons);

    /// <summary>Seals bytes. Those of a person who is forgotten already are not kept: what comes back says only that.</summary>
    /// <param name="streamId">For instance the call, after its first event: that says whose the bytes are.</param>
    /// <param name="part">Which bytes of the stream's these are (<c>recording/1</c>); they open only as that part.</param>
    /// <param name="content">The bytes; many small parts of a long recording are better than one large.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<byte[]> SealAsync(Guid streamId, string part, ReadOnlyMemory<byte> content, CancellationToken ct = default) =>
        (await SealAsync([(streamId, content)], part, ct))[0];

    /// <summary>Seals the same part of several streams, in three round trips at most.</summary>
    /// <inheritdoc cref="SealAsync(Guid, string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<IReadOnlyList<byte[]>> SealAsync(IReadOnlyList<(Guid StreamId, ReadOnlyMemory<byte> Content)> files, string part, CancellationToken ct = default)
    {
        var keys = await _sealing.KeysOfStreamsAsync(persons, [.. files.Select(file => file.StreamId)], ct);
        return [.. files.Select(file => keys[file.StreamId] is var (id, key) && key is not null ? key.Seal(file.Content.Span, file.StreamId, part) : PersonKey.Nothing(id))];
    }

    /// <summary>Opens what <see cref="SealAsync"/> sealed; null when the person is forgotten.</summary>
    /// <exception cref="PersonalDataTamperedException">The bytes were changed, are of another stream or part, or were never sealed.</exception>
    /// <exception cref="PersonKeyMissingException">The key was not restored with the data.</exception>
    public async Task<byte[]?> OpenAsync(Guid streamId, string part, ReadOnlyMemory<byte> sealedBytes, CancellationToken ct = default)
    {
        if (!PersonKey.TryReadId(sealedBytes.Span, out var id))
        {
            throw new PersonalDataTamperedException($"Part {part} of stream {streamId} does not begin as sealed bytes do.");
        }

        return (await persons.KeysByIdAsync([id], ct))[id] is not { } key ? null
            : key.TryOpen(sealedBytes.Span, streamId, part, out var content) ? content
            : throw new PersonalDataTamperedException($"Part {part} of stream {streamId} does not open under its key {id}: it was changed, or moved here from another place.");
    }
}
