using System.ComponentModel;
using System.Diagnostics;

namespace CallCenter.Telephony.Media;

/// <summary>Speech could not be synthesised.</summary>
public sealed class SpeechSynthesisException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Text to speech by the program espeak-ng.</summary>
/// <param name="program">Its name or path.</param>
/// <param name="clock">For <see cref="Patience"/>; the system's unless said.</param>
internal sealed class SpeechSynthesizer(string program = SpeechSynthesizer.DefaultProgram, TimeProvider? clock = null)
{
    /// <summary>So long a synthesis may take: it takes a hundredth of the time that the words do, and somebody waits for them.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public const string DefaultProgram = "espeak-ng";

    /// <summary>espeak-ng's name of the voice that speaks unless another is asked for.</summary>
    public const string Voice = "en-us";

    /// <summary>A little below espeak-ng's default of 175: callers hear it on a narrow band.</summary>
    private const int WordsPerMinute = 155;

    /// <summary>Everything besides the text that decides what is heard.</summary>
    public static string Settings(string voice) => $"{DefaultProgram} {voice} {WordsPerMinute}";

    /// <summary>Speaks the text, with the silence around it cut off.</summary>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public async Task<AudioClip> SpeakAsync(string text, string voice, CancellationToken cancellationToken)
    {
        var wav = Path.Combine(Path.GetTempPath(), $"speech-{Guid.NewGuid():N}.wav");
        try
        {
            await RunAsync(text, voice, wav, cancellationToken);
            await using var file = File.OpenRead(wav);
            return TrimSilence(AudioClip.FromWav(file));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new SpeechSynthesisException($"{program} made no usable audio of \"{text}\": {e.Message}", e);
        }
        finally
        {
            File.Delete(wav);
        }
    }

    private async Task RunAsync(string text, string voice, string wav, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList = { "-v", voice, "-s", $"{WordsPerMinute}", "-b", "1", "-w", wav, "--stdin" },
        };
        using var limit = new CancellationTokenSource(Patience, clock ?? TimeProvider.System);
        using var process = Start(start);
        using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        using var late = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        try
        {
            // On standard input, so that no text can be taken for an option.
            await process.StandardInput.WriteAsync(text.AsMemory(), CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; the exit code below says why.
        }

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await output;
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            if (limit.IsCancellationRequested)
            {
                throw new SpeechSynthesisException($"{program} was still not done after {Patience.TotalSeconds} s.");
            }

            throw new SpeechSynthesisException($"{program} ended with code {process.ExitCode}: {errors.Trim()}");
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SpeechSynthesisException(
                $"The speech synthesiser {program} cannot be started ({e.Message}). It makes the spoken prompts; install it (Debian: apt-get install espeak-ng).", e);
        }
    }

    private static AudioClip TrimSilence(AudioClip clip)
    {
        // -50 dB: below every spoken sound, above the noise of the synthesis.
        const int Threshold = 100;
        var samples = clip.Samples;
        var first = 0;
        while (first < samples.Length && Math.Abs((int)samples[first]) < Threshold)
        {
            first++;
        }

        var end = samples.Length;
        while (end > first && Math.Abs((int)samples[end - 1]) < Threshold)
        {
            end--;
        }

        return new AudioClip(samples[first..end]);
    }
}
