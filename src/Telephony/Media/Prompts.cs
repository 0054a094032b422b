using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Spoken prompts, synthesised by espeak-ng and kept in a folder, so that each text is synthesised once.</summary>
public sealed partial class Prompts
{
    private const int HighestSpokenPosition = 99;
    private const string Before = "You are number";
    private const string After = "in the queue.";
    private const string FarBehind = "There are more than ninety nine callers before you.";

    private static readonly string[] Units =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Between the parts of a sentence that is put together.</summary>
    private static readonly AudioClip Pause = AudioClip.Silence(TimeSpan.FromMilliseconds(80));

    private readonly string _cacheFolder;
    private readonly SpeechSynthesizer _synthesizer;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, AudioClip> _clips = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, AudioClip> _positions = new();

    private Prompts(string cacheFolder, SpeechSynthesizer synthesizer, ILogger logger)
    {
        _cacheFolder = cacheFolder;
        _synthesizer = synthesizer;
        _logger = logger;
    }

    /// <summary>Makes (or finds in the cache) everything that <see cref="Position"/> needs.</summary>
    /// <param name="cacheFolder">Created when missing; may be shared by several processes.</param>
    /// <param name="logger">Told what had to be synthesised.</param>
    /// <param name="cancellationToken">Ends the synthesis.</param>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public static Task<Prompts> CreateAsync(string cacheFolder, ILogger logger, CancellationToken cancellationToken = default) =>
        CreateAsync(cacheFolder, new SpeechSynthesizer(), logger, cancellationToken);

    internal static async Task<Prompts> CreateAsync(string cacheFolder, SpeechSynthesizer synthesizer, ILogger logger, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(cacheFolder);
        var prompts = new Prompts(cacheFolder, synthesizer, logger);
        foreach (var text in (string[])[Before, After, FarBehind, .. Units[1..], .. Tens])
        {
            await prompts.SayAsync(text, cancellationToken);
        }

        return prompts;
    }

    /// <summary>Speaks any text; synthesised the first time, from the cache ever after.</summary>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public Task<AudioClip> SayAsync(string text, CancellationToken cancellationToken = default) => SayAsync(text, SpeechSynthesizer.Voice, cancellationToken);

    /// <summary>Speaks any text in a voice; synthesised the first time, from the cache ever after.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="voice">espeak-ng's name of the voice, e.g. <c>de</c>; for one that it does not have, its usual one speaks.</param>
    /// <param name="cancellationToken">Ends the synthesis.</param>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public async Task<AudioClip> SayAsync(string text, string voice, CancellationToken cancellationToken = default)
    {
        var key = voice == SpeechSynthesizer.Voice ? text : $"{voice}\n{text}";
        if (_clips.TryGetValue(key, out var known))
        {
            return known;
        }

        var file = CacheFile(text, voice);
        if (ReadCached(file) is not { } clip)
        {
            clip = await _synthesizer.SpeakAsync(text, voice, cancellationToken);
            WriteCached(file, clip);
            LogSynthesised(text, file);
        }

        return _clips.GetOrAdd(key, clip);
    }

    /// <summary>Speaks a text that is about a caller: it is kept nowhere.</summary>
    /// <inheritdoc cref="SayAsync(string, string, CancellationToken)"/>
    public Task<AudioClip> SayOnceAsync(string text, string voice, CancellationToken cancellationToken = default) => _synthesizer.SpeakAsync(text, voice, cancellationToken);

    /// <summary>"You are number N in the queue". Needs no synthesis and no waiting. From 100 on the number is not said.</summary>
    /// <param name="position">1 is the next to be served.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is below 1.</exception>
    public AudioClip Position(int position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(position, 1);
        return position > HighestSpokenPosition ? _clips[FarBehind] : _positions.GetOrAdd(position, Compose);
    }

    private AudioClip Compose(int position) =>
        position < Units.Length ? AudioClip.Concat(_clips[Before], Pause, _clips[Units[position]], Pause, _clips[After])
        : position % 10 == 0 ? AudioClip.Concat(_clips[Before], Pause, _clips[Tens[(position / 10) - 2]], Pause, _clips[After])
        : AudioClip.Concat(_clips[Before], Pause, _clips[Tens[(position / 10) - 2]], _clips[Units[position % 10]], Pause, _clips[After]);

    private string CacheFile(string text, string voice)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{SpeechSynthesizer.Settings(voice)}\n{text}"));
        return Path.Combine(_cacheFolder, $"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}.wav");
    }

    private AudioClip? ReadCached(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return AudioClip.FromWav(stream);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The file is not ours to trust, or the disk not to be relied on: make it again.
            LogDamaged(file, e.Message);
            return null;
        }
    }

    private void WriteCached(string file, AudioClip clip)
    {
        // Under a name of its own first: a second process sees the whole file or none, and the later of two equal ones wins.
        var partial = $"{file}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = File.Create(partial))
            {
                clip.WriteWav(stream);
            }

            File.Move(partial, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk costs the next process a synthesis; who is to hear this hears it all the same.
            LogNotKept(file, e.Message);
            Remove(partial);
        }
    }

    private void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(partial, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Synthesised \"{Text}\" into {File}")]
    private partial void LogSynthesised(string text, string file);

    [LoggerMessage(LogLevel.Warning, "Prompt {File} could not be kept and is made again by the next process: {Reason}")]
    private partial void LogNotKept(string file, string reason);

    [LoggerMessage(LogLevel.Warning, "Prompt {File} is damaged and is made again: {Reason}")]
    private partial void LogDamaged(string file, string reason);
}
