using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>DateTime: an instant as RFC 3339 writes it. Resolvers see a <see cref="DateTimeOffset"/>; responses are in UTC.</summary>
public sealed partial class DateTimeType() : ScalarType("DateTime", "An instant as RFC 3339 writes it, in UTC, such as `2026-11-21T09:30:00Z`.")
{
    public override object CoerceLiteral(ValueNode literal) =>
        literal is StringValueNode text ? Parse(text.Value, literal.ToString()) : throw Invalid(literal.ToString());

    public override object CoerceValue(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? Parse(value.GetString()!, JsonText.Of(value)) : throw Invalid(JsonText.Of(value));

    public override object Serialize(object value) => value switch
    {
        DateTimeOffset instant => Format(instant),
        DateTime { Kind: DateTimeKind.Utc } instant => Format(new DateTimeOffset(instant)),
        _ => throw CannotSerialize(value),
    };

    private static string Format(DateTimeOffset instant) => instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Parse(string text, string shown) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) ? instant : throw Invalid(shown);

    private static GraphQLException Invalid(string shown) =>
        new($"DateTime cannot represent value: {shown}. Expected an RFC 3339 instant with a time zone, such as \"2026-11-21T09:30:00Z\".");

    // RFC 3339 section 5.6, date-time: an offset is required, so no instant depends on where the server stands.
    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,7})?([Zz]|[+-]\d{2}:\d{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rfc3339();
}
