using System.Text;

namespace CallCenter.GraphQL.Language;

/// <summary>The case of GraphQL enum values: <c>LeftInIvr</c> becomes <c>LEFT_IN_IVR</c>, <c>IVRPath</c> becomes <c>IVR_PATH</c>.</summary>
internal static class ScreamingSnakeCase
{
    public static string From(string name)
    {
        var result = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
            {
                result.Append('_');
            }

            result.Append(char.ToUpperInvariant(name[i]));
        }

        return result.ToString();
    }
}
