using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Audio that we make ourselves for one leg, asked for packet by packet at the pace of the <see cref="Player"/>. Used by one thread at a time.</summary>
internal interface IPacedSource
{
    /// <summary>Nothing is left to be heard.</summary>
    bool Ended { get; }

    /// <summary>The next audio; after the end, silence. Never blocks and never allocates: it holds up everybody's audio.</summary>
    /// <param name="encoding">One that can be encoded here.</param>
    /// <param name="codes">Filled; one byte stands for 125 us in each of these encodings.</param>
    void Read(AudioEncoding encoding, Span<byte> codes);

    /// <summary>Tells the one who has begun this that it has come to its end.</summary>
    void ReportFinished();
}
