using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CallCenter.Projections;

/// <summary>A stretch of an ordered list.</summary>
/// <param name="Cursors">One for each node: where a next page goes on.</param>
public sealed record Page<T>(IReadOnlyList<T> Nodes, IReadOnlyList<string> Cursors, bool HasNext, bool HasPrevious);

/// <summary>A place in a list ordered by a sort key and an id, as text that clients hand back unread.</summary>
public readonly record struct Cursor(string Key, Guid Id)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Id:N}{Key}"));

    /// <summary>False when the text is not one of ours.</summary>
    public static bool TryParse(string text, out Cursor cursor)
    {
        cursor = default;
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        if (plain.Length < 32 || !Guid.TryParseExact(plain[..32], "N", out var id))
        {
            return false;
        }

        cursor = new Cursor(plain[32..], id);
        return true;
    }

    internal static Cursor Of(DateTimeOffset at, Guid id) => new(at.UtcTicks.ToString(CultureInfo.InvariantCulture), id);

    /// <summary>The key as an instant, where the list is ordered by time.</summary>
    internal DateTime Instant => long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
        ? new DateTime(ticks, DateTimeKind.Utc)
        : throw new BadCursorException(ToString());
}

/// <summary>A cursor that no page of this list gave out.</summary>
public sealed class BadCursorException(string cursor) : Exception($"\"{cursor}\" is not a cursor of this list.");
