using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Seals the personal texts of events on their way into the store. All of a stream belongs to one person: whoever its first personal event is about.</summary>
internal sealed class PersonalSealing(EventTypes types, PersonVault? persons)
{
    private const string PersonalEvents = "select stream_id, type, data from public.mt_events where stream_id = any ($1) and type = any ($2) order by stream_id, version";

    /// <summary>Tokens for all personal texts of the appends. No round trip when there are none; one for a new stream's, whatever their number.</summary>
    /// <exception cref="InvalidOperationException">There are personal texts and the store was opened without keys.</exception>
    public async ValueTask<SealedTexts> SealAsync(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        var result = new SealedTexts(types);
        if (TextsOf(appends) is not { Count: > 0 } streams)
        {
            return result;
        }

        var vault = persons ?? throw new InvalidOperationException("Events with personal members are appended to a store that was opened without persons' keys.");
        var old = streams.Values.Where(stream => !stream.IsNew).Select(stream => stream.Id).ToList();
        var bound = await BoundAsync(vault, old, ct);
        foreach (var stream in streams.Values.Where(stream => !bound.ContainsKey(stream.Id)))
        {
            stream.Identify(vault);
        }

        var subjects = streams.Values.Where(stream => stream.Subject is not null).GroupBy(stream => stream.Subject!.Value)
            .Select(group => new Subject(group.Key, group.SelectMany(stream => stream.Identifiers(vault)).Append(group.Key).ToHashSet())).ToList();
        var keys = await vault.KeysAsync(subjects, ct);
        await vault.NoteIdentifiersAsync(
            [.. bound.Where(pair => pair.Value.Key is not null).SelectMany(pair => streams[pair.Key].Identifiers(vault), (pair, hash) => (hash, pair.Value.Id)).Distinct()], ct);
        foreach (var stream in streams.Values)
        {
            var (id, key) = stream.Subject is { } subject ? (keys[subject].Id, keys[subject]) : bound[stream.Id];
            foreach (var (eventId, member, text) in stream.Texts)
            {
                // Nothing more is kept of a person who was forgotten while the stream went on.
                result.Add(eventId, member, key?.Seal(new PersonalText(stream.Id, member.Kind, text), eventId, member.Identifies) ?? PersonalToken.Of(id, "", []));
            }
        }

        return result;
    }

    /// <summary>The keys of streams as their events have them; those of the streams themselves when they name nobody. Three round trips at most, whatever their number.</summary>
    public async Task<IReadOnlyDictionary<Guid, (Guid Id, PersonKey? Key)>> KeysOfStreamsAsync(PersonVault vault, IReadOnlyCollection<Guid> streamIds, CancellationToken ct)
    {
        var keys = await BoundAsync(vault, [.. streamIds.Distinct()], ct);
        var unbound = streamIds.Where(id => !keys.ContainsKey(id)).Distinct().ToDictionary(id => id, vault.StreamHash);
        if (unbound.Count > 0)
        {
            var made = await vault.KeysAsync([.. unbound.Values.Select(hash => new Subject(hash, new HashSet<Guid> { hash }))], ct);
            foreach (var (id, hash) in unbound)
            {
                keys.Add(id, (made[hash].Id, made[hash]));
            }
        }

        return keys;
    }

    private Dictionary<Guid, StreamTexts> TextsOf(IReadOnlyList<StreamAppend> appends)
    {
        var streams = new Dictionary<Guid, StreamTexts>();
        foreach (var append in appends)
        {
            foreach (var data in append.Events)
            {
                if (types.PersonalOf(data.Data.GetType())?.TextsOf(data.Data) is { Count: > 0 } texts)
                {
                    if (!streams.TryGetValue(append.StreamId, out var stream))
                    {
                        streams.Add(append.StreamId, stream = new StreamTexts(append.StreamId, append.Expected == ExpectedVersion.NoStream));
                    }

                    stream.Texts.AddRange(texts.Select(text => (data.Id, text.Member, text.Text)));
                }
            }
        }

        return streams;
    }

    // The first token in a stream tells under which key the rest is to be written, whichever node wrote it.
    private async Task<Dictionary<Guid, (Guid Id, PersonKey? Key)>> BoundAsync(PersonVault vault, List<Guid> streams, CancellationToken ct)
    {
        var ids = streams.Count == 0 ? [] : await vault.ReadAsync(connection => FirstKeysAsync(connection, streams, ct), ct);
        var keys = await vault.KeysByIdAsync([.. ids.Values.Distinct()], ct);
        return ids.ToDictionary(pair => pair.Key, pair => (pair.Value, keys[pair.Value]));
    }

    private async Task<Dictionary<Guid, Guid>> FirstKeysAsync(NpgsqlConnection connection, List<Guid> streams, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(PersonalEvents, connection)
        {
            Parameters = { new() { Value = streams }, new() { Value = types.PersonalNames.ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var keys = new Dictionary<Guid, Guid>();
        while (await reader.ReadAsync(ct))
        {
            var stream = reader.GetGuid(0);
            foreach (var (_, text) in keys.ContainsKey(stream) ? [] : types.PersonalOf(reader.GetString(1))!.TextsOf(reader.GetFieldValue<byte[]>(2).AsSpan()))
            {
                if (PersonalToken.TryRead(text, out var token))
                {
                    keys.TryAdd(stream, token.KeyId);
                }
            }
        }

        return keys;
    }

    private sealed class StreamTexts(Guid id, bool isNew)
    {
        public Guid Id { get; } = id;

        public bool IsNew { get; } = isNew;

        /// <summary>Null when the stream's earlier events say whose it is.</summary>
        public Guid? Subject { get; private set; }

        public List<(Guid EventId, PersonalMember Member, string Text)> Texts { get; } = [];

        /// <summary>Takes the strongest identifier of the first event that has one.</summary>
        public void Identify(PersonVault vault)
        {
            var first = Texts.FirstOrDefault(text => text.Member.Identifies);
            Subject = first.Member is null ? vault.StreamHash(Id) : vault.Hash(first.Member.Kind, first.Text);
        }

        public IEnumerable<Guid> Identifiers(PersonVault vault) => Texts.Where(text => text.Member.Identifies).Select(text => vault.Hash(text.Member.Kind, text.Text));
    }
}
