using System.Globalization;

namespace CallCenter.Routing.Recordings;

/// <summary>Where recordings lie below their folder: a folder a day, and nothing of a person in a name.</summary>
internal static class RecordingPaths
{
    public static string Of(Guid id, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy/MM/dd}/{id}.wav");
}
