namespace CallCenter.Telephony.Media;

/// <summary>The media of one call leg. All members may be called from any thread at any moment.</summary>
public sealed class MediaLeg : IDisposable
{
    internal MediaLeg()
    {
    }

    /// <summary>The remote party takes no audio from us: it is sendonly or inactive, or has given the address 0.0.0.0 or ::.</summary>
    public bool RemoteHolds => throw new NotSupportedException();

    /// <summary>A snapshot of the counters.</summary>
    public MediaStatistics Statistics => throw new NotSupportedException();

    /// <summary>An SDP offer (or re-offer) of one audio stream. The session does not change before its answer is applied.</summary>
    public string CreateOffer() => throw new NotSupportedException();

    /// <summary>Answers an offer (or re-offer) and brings it into force. On failure nothing changes.</summary>
    public bool TryCreateAnswer(ReadOnlySpan<byte> offerSdp, out string answerSdp, out string? error) => throw new NotSupportedException();

    /// <summary>Brings the answer to the last <see cref="CreateOffer"/> into force. On failure nothing changes.</summary>
    public bool TryApplyAnswer(ReadOnlySpan<byte> answerSdp, out string? error) => throw new NotSupportedException();

    /// <summary>Plays to the remote party, in place of what was played, and of the bridged leg's audio while it lasts.</summary>
    /// <param name="playlist">What to play.</param>
    /// <param name="playbackId">Handed back to <paramref name="finished"/>.</param>
    /// <param name="finished">Called once on the thread pool when the playlist has come to its end; not when it is stopped, replaced or bridged away.</param>
    public void Play(Playlist playlist, Guid playbackId, Action<Guid> finished) => throw new NotSupportedException();

    /// <summary>Stops what is played, if anything.</summary>
    public void StopPlaying() => throw new NotSupportedException();

    /// <summary>Stops what both legs play, ends their former bridges and relays the audio of each to the other.</summary>
    public void Bridge(MediaLeg other) => throw new NotSupportedException();

    /// <summary>Ends the bridge, if any; both legs are silent afterwards.</summary>
    public void Unbridge() => throw new NotSupportedException();

    /// <summary>Ends bridge and playback and closes the ports.</summary>
    public void Dispose() => throw new NotSupportedException();
}
