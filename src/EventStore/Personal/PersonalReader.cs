using System.Text;

namespace CallCenter.EventStore;

/// <summary>Reads what is kept under persons' keys: reveals it where it may be seen, and finds it by number. Keys are looked up for each call in one round trip, never kept.</summary>
public sealed class PersonalReader(PersonVault persons, EventTypes types)
{
    /// <summary>The texts in plain, <see cref="PersonVault.ForgottenText"/> for those of a forgotten person. What was stored plain is given as it is.</summary>
    /// <exception cref="PersonalDataTamperedException">One was changed, or is not where it was written.</exception>
    /// <exception cref="PersonKeyMissingException">A key was not restored with the data.</exception>
    public async Task<IReadOnlyDictionary<PersonalText, string>> RevealAsync(IReadOnlyCollection<PersonalText> texts, CancellationToken ct = default)
    {
        var tokens = new Dictionary<PersonalText, PersonalToken>(texts.Count);
        foreach (var text in texts)
        {
            if (PersonalToken.TryRead(text.Text, out var token))
            {
                tokens[text] = token;
            }
        }

        var keys = await persons.KeysByIdAsync([.. tokens.Values.Select(token => token.KeyId).Distinct()], ct);
        return texts.Distinct().ToDictionary(text => text, text => !tokens.TryGetValue(text, out var token) ? text.Text : keys[token.KeyId]?.Open(token, text) ?? PersonVault.ForgottenText);
    }

    /// <summary>The same for whole events, in their order. Events of unknown types pass as they are.</summary>
    /// <inheritdoc cref="RevealAsync(IReadOnlyCollection{PersonalText}, CancellationToken)" path="/exception"/>
    public async Task<IReadOnlyList<RevealedEvent>> RevealAsync(IReadOnlyList<StoredEvent> events, CancellationToken ct = default)
    {
        var found = events.Select(stored => (Stored: stored, Shape: types.PersonalOf(stored.Type), Json: Encoding.UTF8.GetBytes(stored.Json)))
            .Select(e => (e.Stored, e.Shape, e.Json, Texts: e.Shape?.TextsOf(e.Json.AsSpan()).ConvertAll(text => TextOf(e.Stored, text.Member, text.Text)) ?? [])).ToList();
        var revealed = await RevealAsync([.. found.SelectMany(e => e.Texts)], ct);
        return found.ConvertAll(e => new RevealedEvent(
            e.Stored, e.Shape?.Rewrite(e.Json, (member, text) => revealed[TextOf(e.Stored, member, text)]), types)
        {
            ShowsPersonal = e.Texts.Exists(text => IsShown(text, revealed)),
        });
    }

    /// <summary>Whether a text that was kept under a person's key can be read. What was stored plain, as a center's own number is, is nobody's.</summary>
    public static bool IsShown(PersonalText text, IReadOnlyDictionary<PersonalText, string> revealed) => PersonalToken.TryRead(text.Text, out _) && revealed[text] != PersonVault.ForgottenText;

    /// <summary>All <see cref="PersonalToken.SearchKey"/>s that texts of this value have: to be compared for equality with those of a read model.</summary>
    public async Task<IReadOnlyList<string>> SearchKeysAsync(string kind, string value, CancellationToken ct = default) =>
        [value, .. (await persons.KeysOfIdentifierAsync(kind, value, ct)).Select(key => key.Index(kind, value)).Distinct(StringComparer.Ordinal)];

    private static PersonalText TextOf(StoredEvent stored, PersonalMember member, string text) => new(stored.StreamId, member.Kind, text);
}
