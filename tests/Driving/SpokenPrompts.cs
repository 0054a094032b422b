using System.Buffers.Binary;

namespace CallCenter.Driving;

/// <summary>The clips of speech that the product keeps in its data folder, recognised in what a caller hears.</summary>
internal sealed class SpokenPrompts
{
    private const double Alike = 0.9;

    /// <summary>A clip may begin that much after the one before it: the pause between them, and a packet.</summary>
    private const int LongestGap = Sound.SampleRate / 5;

    private readonly Dictionary<string, short[]> _clips;

    private SpokenPrompts(Dictionary<string, short[]> clips) => _clips = clips;

    public static SpokenPrompts In(string dataFolder) =>
        new(Directory.GetFiles(Path.Combine(dataFolder, "prompts"), "*.wav").ToDictionary(f => Path.GetFileNameWithoutExtension(f), ReadWav, StringComparer.Ordinal));

    /// <summary>Which clips a recording begins with, one after the other, and where the last of them ends.</summary>
    public (IReadOnlyList<string> Clips, int End) RecogniseStart(short[] recording)
    {
        var (clips, end) = (new List<string>(), 0);
        while (Next(recording, end) is { } next)
        {
            clips.Add(next.Clip);
            end = next.End;
        }

        return (clips, end);
    }

    private (string Clip, int End)? Next(short[] recording, int from)
    {
        var found = _clips
            .Select(clip => (clip.Key, Place: Best(recording, from, clip.Value), clip.Value.Length))
            .Where(c => c.Place.Likeness > Alike)
            .OrderByDescending(c => c.Place.Likeness)
            .ToList();
        return found is [var best, ..] ? (best.Key, best.Place.Start + best.Length) : null;
    }

    private static (int Start, double Likeness) Best(short[] recording, int from, short[] clip)
    {
        var best = (Start: 0, Likeness: 0.0);
        for (var start = from; start <= from + LongestGap && start + clip.Length <= recording.Length; start++)
        {
            var likeness = Sound.Likeness(recording.AsSpan(start, clip.Length), clip);
            best = likeness > best.Likeness ? (start, likeness) : best;
        }

        return best;
    }

    // RIFF chunks: a name, a length, that many bytes. 16-bit mono at 8000 Hz is what telephony plays as it is.
    private static short[] ReadWav(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var at = 12;
        while (!bytes.AsSpan(at, 4).SequenceEqual("data"u8))
        {
            at += 8 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
        }

        var samples = new short[BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4)) / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at + 8 + (2 * i)));
        }

        return samples;
    }
}
