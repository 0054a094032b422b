using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpReceiveStatisticsTests
{
    private readonly RtpReceiveStatistics _statistics = new(8000);

    [Fact]
    public void A_steady_stream_over_the_wrap_of_its_numbers_has_neither_loss_nor_jitter()
    {
        for (var i = 0; i < 100; i++)
        {
            Count(unchecked((ushort)(65500 + i)), unchecked(uint.MaxValue - 800 + (uint)(i * 160)), i * 160);
        }

        _statistics.Lost.ShouldBe(0);
        _statistics.Jitter.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Missing_numbers_are_lost_until_they_come_late()
    {
        Count(1, 0, 0);
        Count(4, 480, 480);
        _statistics.Lost.ShouldBe(2);
        Count(3, 320, 500);
        _statistics.Lost.ShouldBe(1);
    }

    [Fact]
    public void Jitter_follows_the_formula_of_RFC_3550_A_8()
    {
        // Spacing at the receiver: 160, 240, 80. Deviations of the transit: 0, 80, 80.
        Count(1, 0, 0);
        Count(2, 160, 160);
        Count(3, 320, 400);
        Count(4, 480, 480);
        var expected = (80.0 / 16) + ((80 - (80.0 / 16)) / 16);
        _statistics.Jitter.TotalSeconds.ShouldBe(expected / 8000, 1e-7);
    }

    [Fact]
    public void A_new_source_is_no_loss_and_the_loss_of_the_former_one_stays_counted()
    {
        Count(1, 0, 0);
        Count(3, 320, 320);
        Count(40_000, 999_999, 480, ssrc: 2);
        Count(40_002, 1_000_319, 800, ssrc: 2);
        _statistics.Lost.ShouldBe(2);
    }

    [Fact]
    public void A_jump_too_far_to_be_loss_is_a_restarted_source()
    {
        Count(1, 0, 0);
        Count(20_000, 160, 160);
        Count(20_001, 320, 320);
        _statistics.Lost.ShouldBe(0);
    }

    private void Count(ushort sequence, uint timestamp, long arrival, uint ssrc = 1) =>
        _statistics.Count(new RtpHeader { Marker = false, PayloadType = 0, SequenceNumber = sequence, Timestamp = timestamp, Ssrc = ssrc }, arrival);
}
