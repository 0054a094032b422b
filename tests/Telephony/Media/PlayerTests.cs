using CallCenter.Telephony.Media;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

public sealed class PlayerTests
{
    [Fact]
    public void A_fault_in_one_call_s_audio_is_met_once_and_the_others_go_on()
    {
        using var player = new Player(TimeProvider.System, NullLogger.Instance);
        var (faulty, sound) = (new Paced(fails: true), new Paced(fails: false));
        player.Add(faulty);
        player.Add(sound);
        SpinWait.SpinUntil(() => sound.Ticks >= 5, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        faulty.Ticks.ShouldBe(1);
    }

    private sealed class Paced(bool fails) : IPaced
    {
        private int _ticks;

        public int Ticks => Volatile.Read(ref _ticks);

        public bool Tick(bool afterSkip)
        {
            Interlocked.Increment(ref _ticks);
            return fails ? throw new InvalidOperationException("a defect") : true;
        }
    }
}
