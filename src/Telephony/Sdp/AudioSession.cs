using System.Net;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Sdp;

/// <summary>What an offer and its answer have agreed for one audio stream.</summary>
internal sealed class AudioSession
{
    private readonly IReadOnlyList<AudioFormat> _remoteFormats;

    /// <param name="remote">How the remote party described itself.</param>
    /// <param name="localDirection">As we want it, whatever the remote party leaves of it.</param>
    /// <param name="local">Payload types that we receive: those of our own description.</param>
    /// <param name="remoteFormats">Payload types that the remote party receives, best first; at least one is speech.</param>
    public AudioSession(RemoteAudio remote, MediaDirection localDirection, IReadOnlyList<AudioFormat> local, IReadOnlyList<AudioFormat> remoteFormats)
    {
        _remoteFormats = remoteFormats;
        Foreign = [.. remoteFormats.Where(f => f.Foreign is not null)];
        Remote = remote.Rtp;
        RemoteControl = remote.Rtcp;
        HasMuxedControl = remote.HasMuxedControl;
        PacketTime = remote.PacketTime;
        Keys = remote.Keys;
        var remoteListens = remote.Rtp is not null && remote.Direction.HasFlag(MediaDirection.RecvOnly);
        RemoteReceives = remoteListens && localDirection.HasFlag(MediaDirection.SendOnly);
        RemoteHolds = !remoteListens && localDirection.HasFlag(MediaDirection.SendOnly);
        RemoteMaySend = remote.Direction.HasFlag(MediaDirection.SendOnly) && localDirection.HasFlag(MediaDirection.RecvOnly);
        Received = new PayloadTypes(local);
        Speech = remoteFormats.First(f => f.IsSpeech);
        TelephoneEvent = TelephoneEventOn(AudioFormat.ClockRate);
    }

    /// <summary>Where the remote party wants its packets; null when it holds by the address 0.0.0.0 or ::.</summary>
    public IPEndPoint? Remote { get; }

    /// <summary>Where it wants RTCP; null with <see cref="Remote"/>.</summary>
    public IPEndPoint? RemoteControl { get; }

    /// <summary>RTCP shares the ports of RTP (RFC 5761).</summary>
    public bool HasMuxedControl { get; }

    /// <summary>We may send: it takes audio and we do not keep silent ourselves.</summary>
    public bool RemoteReceives { get; }

    /// <summary>It takes no audio although we would send.</summary>
    public bool RemoteHolds { get; }

    /// <summary>Something may be expected from it.</summary>
    public bool RemoteMaySend { get; }

    /// <summary>The audio of one packet that we make, 10 ms to 100 ms in steps of 10 ms.</summary>
    public TimeSpan PacketTime { get; }

    /// <summary>Null for plain RTP.</summary>
    public SrtpKeys? Keys { get; }

    /// <summary>What we send: the remote party's best speech format.</summary>
    public AudioFormat Speech { get; }

    /// <summary>Payload type under which we send DTMF beside <see cref="Speech"/>; null when the remote party takes none.</summary>
    public byte? TelephoneEvent { get; }

    /// <summary>What we receive.</summary>
    public PayloadTypes Received { get; }

    /// <summary>The codecs that are only passed on, and telephone events on their clocks.</summary>
    public IReadOnlyList<AudioFormat> Foreign { get; }

    /// <summary>The remote party's number for a codec that is passed on; null when it does not take it.</summary>
    public byte? PayloadTypeOf(ForeignCodec codec)
    {
        for (var i = 0; i < _remoteFormats.Count; i++)
        {
            if (codec.Equals(_remoteFormats[i].Foreign))
            {
                return _remoteFormats[i].PayloadType;
            }
        }

        return null;
    }

    private byte? TelephoneEventOn(int clock) =>
        _remoteFormats.Where(f => f.Encoding == AudioEncoding.TelephoneEvent && f.Clock == clock).Select(f => (byte?)f.PayloadType).FirstOrDefault();
}

/// <summary>What each payload type stands for in one direction.</summary>
internal sealed class PayloadTypes
{
    private readonly AudioEncoding[] _encodings = new AudioEncoding[128];

    // Most sessions have none.
    private readonly ForeignCodec?[]? _foreign;

    public PayloadTypes(IReadOnlyCollection<AudioFormat> formats)
    {
        foreach (var format in formats)
        {
            _encodings[format.PayloadType] = format.Encoding;
            if (format.Foreign is not null)
            {
                _foreign ??= new ForeignCodec?[128];
                _foreign[format.PayloadType] = format.Foreign;
            }
        }
    }

    /// <summary><see cref="AudioEncoding.Unknown"/> for a type that was not negotiated.</summary>
    public AudioEncoding this[byte payloadType] => _encodings[payloadType & 0x7F];

    /// <summary>The codec of a type that is only passed on, or whose clock is not 8 kHz; else null.</summary>
    public ForeignCodec? ForeignAt(byte payloadType) => _foreign?[payloadType & 0x7F];
}
