using System.Net;

namespace CallCenter.Telephony.Sdp;

/// <summary>What an offer and its answer have agreed for one audio stream.</summary>
internal sealed class AudioSession
{
    /// <param name="remote">Where the remote party wants its packets; null when it holds by the address 0.0.0.0 or ::.</param>
    /// <param name="remoteDirection">As the remote party wrote it.</param>
    /// <param name="local">Payload types that we receive: those of our own description.</param>
    /// <param name="remoteFormats">Payload types that the remote party receives, best first; at least one is speech.</param>
    public AudioSession(IPEndPoint? remote, MediaDirection remoteDirection, IReadOnlyList<AudioFormat> local, IReadOnlyList<AudioFormat> remoteFormats)
    {
        Remote = remote;
        RemoteReceives = remote is not null && remoteDirection.HasFlag(MediaDirection.RecvOnly);
        Received = new PayloadTypes(local);
        Speech = remoteFormats.First(f => f.IsSpeech);
        TelephoneEvent = remoteFormats.Where(f => f.Encoding == AudioEncoding.TelephoneEvent).Select(f => (byte?)f.PayloadType).FirstOrDefault();
    }

    public IPEndPoint? Remote { get; }

    /// <summary>False while the remote party holds.</summary>
    public bool RemoteReceives { get; }

    /// <summary>What we send: the remote party's best speech format.</summary>
    public AudioFormat Speech { get; }

    /// <summary>Payload type under which we send DTMF; null when the remote party takes none.</summary>
    public byte? TelephoneEvent { get; }

    /// <summary>What we receive.</summary>
    public PayloadTypes Received { get; }
}

/// <summary>What each payload type stands for in one direction.</summary>
internal sealed class PayloadTypes
{
    private readonly AudioEncoding[] _encodings = new AudioEncoding[128];

    public PayloadTypes(IEnumerable<AudioFormat> formats)
    {
        foreach (var format in formats)
        {
            _encodings[format.PayloadType] = format.Encoding;
        }
    }

    /// <summary><see cref="AudioEncoding.Unknown"/> for a type that was not negotiated.</summary>
    public AudioEncoding this[byte payloadType] => _encodings[payloadType & 0x7F];
}
