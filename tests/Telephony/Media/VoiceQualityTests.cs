using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class VoiceQualityTests
{
    [Theory]
    [InlineData("PCMU", 0, 0, 0, 4.38)]
    [InlineData("PCMA", 0, 0, 200, 4.32)]
    [InlineData("PCMU", 0.01, 5, 40, 4.28)]
    [InlineData("PCMU", 0.05, 5, 40, 3.84)]
    [InlineData("G729", 0, 0, 0, 4.05)]
    [InlineData("G729", 0.05, 5, 40, 3.24)]
    [InlineData("PCMU", 0, 0, 800, 2.63)]
    [InlineData("PCMU", 1, 0, 0, 1.14)]
    public void The_estimate_follows_the_E_model(string codec, double loss, int jitterMs, int roundTripMs, double mos)
    {
        // Worked out by hand from the formulas: R = 93.2 - (0.024 d + 0.11 max(0, d - 177.3)) - (Ie + (95 - Ie) Ppl / (Ppl + Bpl)).
        var estimate = VoiceQuality.Mos(codec, loss, TimeSpan.FromMilliseconds(jitterMs), TimeSpan.FromMilliseconds(roundTripMs));
        estimate.ShouldBe(mos, 0.01);
    }

    [Fact]
    public void More_loss_delay_or_jitter_is_never_better_and_the_scale_is_kept()
    {
        var before = 4.5;
        for (var step = 0; step <= 20; step++)
        {
            var mos = VoiceQuality.Mos("PCMU", step / 20.0, TimeSpan.FromMilliseconds(step * 10), TimeSpan.FromMilliseconds(step * 100));
            mos.ShouldBeInRange(1, before);
            before = mos;
        }

        VoiceQuality.Mos(null, 7, TimeSpan.FromHours(1), TimeSpan.FromHours(1)).ShouldBe(1);
    }
}
