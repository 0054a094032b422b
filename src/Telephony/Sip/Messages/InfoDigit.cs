using System.Globalization;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>A key press in an INFO request: application/dtmf-relay (Signal and Duration lines) or application/dtmf (the key alone). No RFC defines them; this is what phones and gateways send.</summary>
/// <param name="Digit">0 to 9, *, #, A to D, or <c>!</c> for a hook flash.</param>
/// <param name="Duration">How long it was pressed, up to 10 s, where the request tells.</param>
internal readonly record struct InfoDigit(char Digit, TimeSpan? Duration)
{
    public const string Relay = "application/dtmf-relay";
    public const string Plain = "application/dtmf";

    // A relay body has two lines; whatever is much longer is something else.
    private const int LongestBody = 256;
    private const int LongestPress = 10_000;

    /// <summary>The body of an INFO, to be sent as <see cref="Relay"/>.</summary>
    public string ToRelay() => string.Create(CultureInfo.InvariantCulture, $"Signal={Digit}\r\nDuration={(Duration ?? TimeSpan.FromMilliseconds(160)).TotalMilliseconds:0}\r\n");

    /// <summary>Parses a body; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, bool isRelay, out InfoDigit digit)
    {
        digit = default;
        if (body.Length > LongestBody)
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(body);
        if (!isRelay)
        {
            return TryKey(text, null, out digit);
        }

        string? signal = null;
        TimeSpan? duration = null;
        foreach (var line in text.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (line.Trim(), "") : (line[..equals].Trim(), line[(equals + 1)..].Trim());
            if (name.Equals("Signal", StringComparison.OrdinalIgnoreCase))
            {
                signal ??= value;
            }
            else if (name.Equals("Duration", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            {
                duration = TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestPress));
            }
        }

        return signal is not null && TryKey(signal, duration, out digit);
    }

    // Some devices number the keys as RFC 4733 does: 10 is *, 11 is #, 12 to 15 are A to D, 16 is a flash.
    private static bool TryKey(string signal, TimeSpan? duration, out InfoDigit digit)
    {
        var key = signal.Trim().ToUpperInvariant() switch
        {
            [var one] when "0123456789*#ABCD!".Contains(one, StringComparison.Ordinal) => one,
            "10" => '*',
            "11" => '#',
            "12" => 'A',
            "13" => 'B',
            "14" => 'C',
            "15" => 'D',
            "16" or "FLASH" or "HF" => '!',
            _ => '\0',
        };
        digit = new InfoDigit(key, duration);
        return key != '\0';
    }
}
