using System.Text;

namespace CallCenter.EventStore;

/// <summary>A text of an event that tells something of a person, and is therefore stored only under that person's key.</summary>
/// <param name="Name">The member: a public property of type string. Null and empty texts stay as they are.</param>
/// <param name="Kind">What it is (<c>number</c>, <c>text</c>). The same number under two kinds is two identifiers.</param>
/// <param name="Identifies">Whether it says who the person is and can be searched by. Of several such members of a type the first is the strongest.</param>
/// <param name="When">In which events it is personal; null for all.</param>
public sealed record PersonalMember(string Name, string Kind, bool Identifies = false, Func<object, bool>? When = null);

/// <summary>A personal text as it was stored: a token, or plain in an event older than the encryption.</summary>
/// <param name="StreamId">The stream of the event that it comes from, wherever it is kept now. A token opens nowhere else.</param>
/// <param name="Kind">The kind under which its member was declared.</param>
/// <param name="Text">The token.</param>
public readonly record struct PersonalText(Guid StreamId, string Kind, string Text);

/// <summary>When two spellings are one identifier.</summary>
internal static class IdentifierForm
{
    private const int ShortestNumber = 3;

    /// <summary>In lower case without white space; a telephone number also without the punctuation that people write into it.</summary>
    public static string Of(string identifier)
    {
        var (text, digits) = (new StringBuilder(identifier.Length), new StringBuilder(identifier.Length));
        var isNumber = true;
        foreach (var c in identifier)
        {
            if (char.IsWhiteSpace(c))
            {
                continue;
            }

            text.Append(char.ToLowerInvariant(c));
            if (char.IsAsciiDigit(c) || (c == '+' && digits.Length == 0))
            {
                digits.Append(c);
            }
            else
            {
                isNumber &= c is '-' or '.' or '/' or '(' or ')';
            }
        }

        return (isNumber && digits.Length >= ShortestNumber ? digits : text).ToString();
    }
}
