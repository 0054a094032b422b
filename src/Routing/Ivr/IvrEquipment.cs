using CallCenter.Domain.Flows;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing.Ivr;

/// <summary>What flows need that takes its time: voices, recorded prompts, other systems' answers. Nothing of it runs on the router's loop.</summary>
/// <param name="prompts">Speaks.</param>
/// <param name="promptFolder">Where recorded prompts are, as WAV files.</param>
/// <param name="lookups">Asks other systems.</param>
/// <param name="logger">Told what could not be heard, and who did not answer.</param>
public sealed partial class IvrEquipment(Prompts prompts, string promptFolder, Lookups lookups, ILogger<IvrEquipment> logger)
{
    // A synthesis is a process of its own: a rush of callers must not become a rush of those.
    private readonly SemaphoreSlim _voices = new(8);

    /// <summary>What is to be heard, in order. What cannot be had is left out and named in the log.</summary>
    public async Task<Playlist> PrepareAsync(IReadOnlyList<FlowSound> sounds)
    {
        var clips = new List<AudioClip>();
        foreach (var sound in sounds)
        {
            try
            {
                clips.Add(sound.File is { } file ? await FileAsync(file) : await SpeakAsync(sound));
            }
            catch (Exception e) when (e is SpeechSynthesisException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                LogUnheard(e, sound.File ?? $"a text in {sound.Language}");
            }
        }

        return new Playlist(clips, []);
    }

    /// <summary>What another system answers; never throws.</summary>
    public async Task<FlowAnswer> AskAsync(FlowAsk ask)
    {
        var answer = await lookups.AskAsync(ask.Question);
        if (answer is FlowAnswer.Failed failed)
        {
            LogUnanswered(ask.Flow, ask.Step, failed.Reason);
        }

        return answer;
    }

    private async Task<AudioClip> FileAsync(string file)
    {
        await Task.Yield();
        return AudioClip.FromFile(Path.Combine(promptFolder, file));
    }

    private async Task<AudioClip> SpeakAsync(FlowSound sound)
    {
        await _voices.WaitAsync();
        try
        {
            return sound.HasValues ? await prompts.SayOnceAsync(sound.Text, sound.Language) : await prompts.SayAsync(sound.Text, sound.Language);
        }
        finally
        {
            _voices.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Callers cannot hear {What}")]
    private partial void LogUnheard(Exception exception, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Flow {Flow}, step {Step}: no usable answer: {Reason}")]
    private partial void LogUnanswered(string flow, string step, string reason);
}
