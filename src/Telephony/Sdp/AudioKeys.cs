using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Sdp;

/// <summary>Our own SRTP keys of one session, one for each suite, made when first asked for and kept over re-offers; and the choice of the crypto line.</summary>
internal sealed class AudioKeys
{
    private readonly SrtpKey?[] _local = new SrtpKey?[2];

    /// <summary>What we offer, the longer tag first.</summary>
    public IReadOnlyList<CryptoAttribute> Offered() => [new(1, SrtpSuite.Tag80, Local(SrtpSuite.Tag80)), new(2, SrtpSuite.Tag32, Local(SrtpSuite.Tag32))];

    /// <summary>Takes the first line that we can use, of an offer; of an answer, the one that names a line of ours.</summary>
    /// <param name="media">The remote party's section.</param>
    /// <param name="offered">Our lines, when it is the answer to an offer of ours.</param>
    /// <param name="keys">What both sides encrypt with.</param>
    /// <param name="own">The line of our answer; that of our offer else.</param>
    public bool TryAgree(MediaDescription media, IReadOnlyList<CryptoAttribute>? offered, out SrtpKeys? keys, out CryptoAttribute? own)
    {
        foreach (var remote in CryptoAttribute.In(media))
        {
            own = offered is null
                ? new CryptoAttribute(remote.Tag, remote.Suite, Local(remote.Suite))
                : offered.FirstOrDefault(o => o.Tag == remote.Tag && o.Suite == remote.Suite);
            if (own is not null)
            {
                keys = new SrtpKeys(remote.Suite, own.Key, remote.Key);
                return true;
            }
        }

        (keys, own) = (null, null);
        return false;
    }

    private SrtpKey Local(SrtpSuite suite) => _local[(int)suite] ??= SrtpKey.Random();
}
