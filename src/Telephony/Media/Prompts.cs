using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Spoken prompts, synthesised by espeak-ng and kept in a folder, so that each text is synthesised once.</summary>
public sealed class Prompts
{
    /// <summary>Makes (or finds in the cache) everything that <see cref="Position"/> needs.</summary>
    /// <param name="cacheFolder">Created when missing; may be shared by several processes.</param>
    /// <param name="logger">Told what had to be synthesised.</param>
    /// <param name="cancellationToken">Ends the synthesis.</param>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public static Task<Prompts> CreateAsync(string cacheFolder, ILogger logger, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Speaks any text; synthesised the first time, from the cache ever after.</summary>
    /// <exception cref="SpeechSynthesisException">espeak-ng is missing or failed; the message says which.</exception>
    public Task<AudioClip> SayAsync(string text, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>"You are number N in the queue". Needs no synthesis and no waiting.</summary>
    /// <param name="position">1 is the next to be served.</param>
    public AudioClip Position(int position) => throw new NotSupportedException();
}

/// <summary>Speech could not be synthesised.</summary>
public sealed class SpeechSynthesisException(string message, Exception? cause = null) : Exception(message, cause);
