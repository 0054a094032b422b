using System.Globalization;

namespace CallCenter.Telephony.Sdp;

/// <summary>A codec by its name in SDP (RFC 8866 section 6.6). Two are the same when name, clock and channels are; parameters are each side's own.</summary>
/// <param name="Name">Encoding name; case says nothing.</param>
/// <param name="ClockRate">Of its timestamps, in Hz.</param>
/// <param name="Channels">1 unless said otherwise.</param>
/// <param name="Parameters">What fmtp says of it.</param>
internal sealed record ForeignCodec(string Name, int ClockRate, int Channels = 1, string? Parameters = null)
{
    /// <summary>Fastest clock in use is that of video.</summary>
    private const int FastestClock = 192_000;

    /// <summary>Reads what follows the format in rtpmap: name/clock or name/clock/channels.</summary>
    public static bool TryParse(string map, string? parameters, out ForeignCodec codec)
    {
        codec = null!;
        var parts = map.Split('/');
        var channels = 1;
        if (parts.Length is not (2 or 3)
            || parts[0].Length is 0 or > 32
            || parts[0].Contains(' ', StringComparison.Ordinal)
            || !TryReadNumber(parts[1], FastestClock, out var clockRate)
            || (parts.Length == 3 && !TryReadNumber(parts[2], 8, out channels)))
        {
            return false;
        }

        codec = new ForeignCodec(parts[0], clockRate, channels, parameters);
        return true;
    }

    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    public bool Equals(ForeignCodec? other) => other is not null && Is(other.Name) && ClockRate == other.ClockRate && Channels == other.Channels;

    public override int GetHashCode() => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name), ClockRate, Channels);

    /// <summary>As rtpmap has it.</summary>
    public override string ToString() =>
        Channels == 1 ? string.Create(CultureInfo.InvariantCulture, $"{Name}/{ClockRate}") : string.Create(CultureInfo.InvariantCulture, $"{Name}/{ClockRate}/{Channels}");

    private static bool TryReadNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0 && number <= most;
}
