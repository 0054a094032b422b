using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class RecordingToneTests
{
    [Fact]
    public void After_the_beep_everybody_knows_that_it_is_their_turn() => Signal.Amplitude(RecordingTone.Beep.Samples[400..2800], 1_000).ShouldBe(10_000, 300);
}
