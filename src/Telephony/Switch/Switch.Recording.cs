using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Recordings: what each leg says, in a channel of its own.</summary>
public sealed partial class Switch
{
    /// <summary>
    /// Records into a new WAV file (16-bit PCM, 8 kHz). It ends with <see cref="StopRecording"/>, when the last of its legs has ended, or when the disk fails; then
    /// <see cref="RecordingFinished"/> tells. Holding, bridges and conferences change nothing in it: a channel has what its leg says, silence where it says nothing.
    /// </summary>
    /// <param name="id">A new id.</param>
    /// <param name="path">A file that does not exist yet; missing folders are made.</param>
    /// <param name="channels">Who speaks in each channel, 1 to 16; null for a channel that <see cref="SetChannel"/> gives to a leg later.</param>
    /// <returns>False when none of the legs lives, or the id is in use.</returns>
    /// <exception cref="ArgumentException">There is no channel, or there are more than 16.</exception>
    public bool Record(RecordingId id, string path, params LegId?[] channels) => Record(id, path, RecordingLimits.None, channels);

    /// <summary>The same with limits at which it ends by itself.</summary>
    /// <inheritdoc cref="Record(RecordingId, string, LegId?[])"/>
    public bool Record(RecordingId id, string path, RecordingLimits limits, params LegId?[] channels)
    {
        if (channels.Length is 0 or > Recorder.MostChannels)
        {
            throw new ArgumentException($"A recording has 1 to {Recorder.MostChannels} channels, not {channels.Length}.", nameof(channels));
        }

        return channels.Any(leg => MediaOf(leg) is not null)
            && _media.Recorder.Start(id, path, [.. channels.Select(MediaOf)], finished => _loop.Post(() => _host.Notify(finished)), limits);
    }

    /// <summary>Lets legs speak in a channel from now on, mixed where they are several, in place of those that did. Who stays in it is heard without a gap.</summary>
    /// <param name="id">A recording that has begun; without effect when it has ended.</param>
    /// <param name="channel">From 0 to the recording's number of channels less one.</param>
    /// <param name="legs">Who; none for nobody.</param>
    /// <returns>False when one of them is gone; the others speak all the same.</returns>
    public bool SetChannel(RecordingId id, int channel, params LegId[] legs)
    {
        var media = legs.Select(leg => MediaOf(leg)).OfType<MediaLeg>().ToArray();
        _media.Recorder.Set(id, channel, media);
        return media.Length == legs.Length;
    }

    /// <summary>Records silence from now on; time goes on in the file.</summary>
    public void PauseRecording(RecordingId id) => _media.Recorder.Pause(id, paused: true);

    /// <summary>Ends <see cref="PauseRecording"/>.</summary>
    public void ResumeRecording(RecordingId id) => _media.Recorder.Pause(id, paused: false);

    /// <summary>Ends the recording.</summary>
    public void StopRecording(RecordingId id) => _media.Recorder.Stop(id);

    private MediaLeg? MediaOf(LegId? leg) => leg is { } id ? _host.Find(id)?.Media : null;
}
