using CallCenter.Telephony;

namespace CallCenter.Routing.Tests;

public sealed class KeyPressesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Each letter is a key by one way (e: event, i: INFO, b: in band), a figure a pause of so many seconds; what counts is written large.</summary>
    [Theory]
    [InlineData("eee", "EEE")]
    [InlineData("eieiei", "EiEiEi")]
    [InlineData("eeeiii", "EEEiii")]
    [InlineData("ieiie", "IeIIe")]
    [InlineData("e2e", "E2E")]
    [InlineData("ei2i2e", "Ei2I2E")]
    [InlineData("eibeib", "EibEib")]
    public void A_key_counts_once_however_it_comes(string pressed, string expected)
    {
        var (keys, at) = (new KeyPresses(), Start);
        string.Concat(pressed.Select(c =>
        {
            if (char.IsDigit(c))
            {
                at = at.AddSeconds(c - '0');
                return c;
            }

            at = at.AddMilliseconds(100);
            var method = c switch { 'e' => DtmfMethod.TelephoneEvent, 'i' => DtmfMethod.Info, _ => DtmfMethod.InBand };
            return keys.IsNew(method, at) ? char.ToUpperInvariant(c) : c;
        })).ShouldBe(expected);
    }
}
