using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class CallProgressTonesTests
{
    [Fact]
    public void ITU_tones_are_425_Hz_in_their_cadences() =>
        Check(CallProgressTones.Itu, (5, 1, [425]), (1, 0.5, [425]), (0.5, 0.25, [425]));

    [Fact]
    public void North_American_tones_are_the_precise_tone_plan_s() =>
        Check(CallProgressTones.NorthAmerica, (6, 2, [440, 480]), (1, 0.5, [480, 620]), (0.5, 0.25, [480, 620]));

    [Fact]
    public void Special_information_is_three_rising_tones_and_a_pause()
    {
        var tones = CallProgressTones.Itu.SpecialInformation.Samples;
        foreach (var (from, frequency) in new[] { (0, 950), (2640, 1400), (5280, 1800) })
        {
            Signal.Amplitude(tones.Slice(from + 20, 2600), frequency).ShouldBe(5200, 100);
        }

        Signal.Level(tones[7920..]).ShouldBe(0);
        tones.Length.ShouldBe(7920 + 8000);
    }

    private static void Check(CallProgressTones tones, params (double Seconds, double On, double[] Frequencies)[] expected)
    {
        AudioClip[] clips = [tones.Ringback, tones.Busy, tones.Congestion];
        for (var i = 0; i < clips.Length; i++)
        {
            var (seconds, on, frequencies) = expected[i];
            var samples = clips[i].Samples;
            samples.Length.ShouldBe((int)(seconds * 8000));
            var sounding = samples[..(int)(on * 8000)];
            foreach (var frequency in frequencies)
            {
                Signal.Amplitude(sounding, frequency).ShouldBe(5200 / Math.Sqrt(frequencies.Length), 200);
            }

            Signal.Level(samples[sounding.Length..]).ShouldBe(0);
            sounding[0].ShouldBe((short)0);
        }
    }
}
