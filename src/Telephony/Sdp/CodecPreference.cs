using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony;

/// <summary>
/// Which codecs a leg takes, best first, by their names in SDP. Besides those that can be played and decoded here it may name others (<c>opus</c>, <c>G729</c>): these
/// are passed on untouched between two legs that both have them, and a party that sends one is not heard by a leg without it.
/// </summary>
public sealed class CodecPreference
{
    private readonly string[] _names;

    /// <param name="names">Best first. An offer is answered in this order, whatever its own is.</param>
    /// <exception cref="ArgumentException">None of the names is of a codec that can be played here.</exception>
    public CodecPreference(params IReadOnlyList<string> names)
        : this([.. names], keepsOfferersOrder: false)
    {
        if (!CanPlay(names))
        {
            throw new ArgumentException(
                $"Codecs [{string.Join(", ", names)}] names none that can be played here: {string.Join(", ", Default._names)}", nameof(names));
        }
    }

    private CodecPreference(string[] names, bool keepsOfferersOrder)
    {
        _names = names;
        KeepsOfferersOrder = keepsOfferersOrder;
    }

    /// <summary>
    /// Everything that can be played here; answers keep the offerer's order (RFC 3264 section 6.1). G.722 is taken but not offered: a call that begins on a narrow line
    /// would gain nothing by it and be transcoded.
    /// </summary>
    public static CodecPreference Default { get; } = new([.. AudioFormat.Known.Where(f => f.IsSpeech).Select(f => f.Name)], keepsOfferersOrder: true);

    internal bool KeepsOfferersOrder { get; }

    /// <summary>One of the names at least is of a codec that can be played here.</summary>
    public static bool CanPlay(IReadOnlyList<string> names) => Array.Exists(AudioFormat.Known, f => f.IsSpeech && names.Contains(f.Name, StringComparer.OrdinalIgnoreCase));

    public override string ToString() => _names is [.. var others, var last] && others.Length > 0 ? $"{string.Join(", ", others)} and {last}" : string.Join(", ", _names);

    /// <summary>0 for the best; negative when the codec is not taken.</summary>
    internal int RankOf(AudioFormat format) => Array.FindIndex(_names, n => string.Equals(n, format.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a first offer holds.</summary>
    internal List<AudioFormat> Offered() =>
        Choose([.. AudioFormat.Known.Where(f => !KeepsOfferersOrder || f.Encoding != AudioEncoding.G722)], inOwnOrder: true);

    /// <summary>What is left of a description's formats: speech, then the telephone events that share a clock with it.</summary>
    internal List<AudioFormat> Choose(List<AudioFormat> given, bool inOwnOrder)
    {
        var speech = given.Where(f => f.Encoding != AudioEncoding.TelephoneEvent && RankOf(f) >= 0);
        var chosen = (inOwnOrder ? speech.OrderBy(RankOf) : speech).ToList();
        chosen.AddRange(given.Where(f => f.Encoding == AudioEncoding.TelephoneEvent && chosen.Exists(s => s.Clock == f.Clock)).ToArray());
        return chosen;
    }
}
