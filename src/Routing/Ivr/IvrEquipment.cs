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
    private const string CommonVoice = "en-us";

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
            return await InVoiceAsync(sound, sound.Language);
        }
        catch (SpeechSynthesisException e) when (sound.Language != CommonVoice)
        {
            // A strange accent tells more than silence.
            LogVoice(e, sound.Language);
            return await InVoiceAsync(sound, CommonVoice);
        }
        finally
        {
            _voices.Release();
        }
    }

    private Task<AudioClip> InVoiceAsync(FlowSound sound, string voice) => sound.HasValues ? prompts.SayOnceAsync(sound.Text, voice) : prompts.SayAsync(sound.Text, voice);

    [LoggerMessage(Level = LogLevel.Error, Message = "Callers cannot hear {What}")]
    private partial void LogUnheard(Exception exception, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no voice {Voice}; the common one speaks")]
    private partial void LogVoice(Exception exception, string voice);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Flow {Flow}, step {Step}: no usable answer: {Reason}")]
    private partial void LogUnanswered(string flow, string step, string reason);
}
