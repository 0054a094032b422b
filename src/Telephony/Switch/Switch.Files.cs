using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Playing files.</summary>
public sealed partial class Switch
{
    /// <summary>
    /// Plays a WAV file of any length to the leg, in place of what it plays now. It is read while it is heard. Its end comes as <see cref="PlaybackFinished"/>; when it
    /// cannot be read, <see cref="PlaybackFailed"/> comes instead.
    /// </summary>
    /// <returns>False when the leg is gone.</returns>
    public bool PlayFile(LegId leg, string path, Guid playbackId)
    {
        if (_host.Find(leg) is null)
        {
            return false;
        }

        void Tell(string? failure) => On(leg, _ => _host.Notify(failure is null ? new PlaybackFinished(leg, playbackId) : new PlaybackFailed(leg, playbackId, failure)));

        // The first read waits for the disk, which the signalling loop must not.
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                var file = FilePlayback.Open(path, Tell);
                On(leg, found =>
                {
                    if (found.IsAnswered)
                    {
                        found.Media!.Play(file);
                    }
                });
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Tell(e.Message);
            }
        });
        return true;
    }
}
