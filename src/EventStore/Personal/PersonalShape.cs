using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CallCenter.EventStore;

/// <summary>The personal members of one event type, found in its instances and in its stored JSON.</summary>
internal sealed class PersonalShape
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly (PersonalMember Member, PropertyInfo Property)[] _members;

    /// <exception cref="ArgumentException">A member is not a public text of the type.</exception>
    public PersonalShape(Type type, IReadOnlyList<PersonalMember> members)
    {
        _members =
        [
            .. members.Select(member => type.GetProperty(member.Name) is { } property && property.PropertyType == typeof(string)
                ? (member, property)
                : throw new ArgumentException($"{type.FullName}.{member.Name} is declared personal but is no public property of type string.", nameof(members))),
        ];
    }

    /// <summary>The personal texts of an event, without empty ones.</summary>
    public List<(PersonalMember Member, string Text)> TextsOf(object data)
    {
        var texts = new List<(PersonalMember, string)>(_members.Length);
        foreach (var (member, property) in _members)
        {
            if (property.GetValue(data) is string { Length: > 0 } text && (member.When is null || member.When(data)))
            {
                texts.Add((member, text));
            }
        }

        return texts;
    }

    /// <summary>The stored texts of personal members: tokens, plain ones of older events, and empty ones.</summary>
    public List<(PersonalMember Member, string Text)> TextsOf(ReadOnlySpan<byte> json)
    {
        var texts = new List<(PersonalMember, string)>(_members.Length);
        Visit(json, (member, text) => texts.Add((member, text)));
        return texts;
    }

    /// <summary>The same JSON with other texts in personal members, where <paramref name="replace"/> gives one.</summary>
    public byte[] Rewrite(ReadOnlySpan<byte> json, Func<PersonalMember, string, string?> replace)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            writer.WriteStartObject();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var member = MemberOf(ref reader);
                writer.WritePropertyName(reader.GetString()!);
                reader.Read();
                if (member is not null && reader.TokenType == JsonTokenType.String && replace(member, reader.GetString()!) is { } other)
                {
                    writer.WriteStringValue(other);
                    continue;
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WriteRawValue(json[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Visit(ReadOnlySpan<byte> json, Action<PersonalMember, string> take)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            reader.Read();
            if (member is not null && reader.TokenType == JsonTokenType.String)
            {
                take(member, reader.GetString()!);
            }

            reader.Skip();
        }
    }

    private PersonalMember? MemberOf(ref Utf8JsonReader reader)
    {
        foreach (var (member, _) in _members)
        {
            if (reader.ValueTextEquals(member.Name))
            {
                return member;
            }
        }

        return null;
    }
}
