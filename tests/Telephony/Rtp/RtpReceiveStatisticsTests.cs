using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpReceiveStatisticsTests
{
    private readonly RtpReceiveStatistics _statistics = new();

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

    [Fact]
    public void A_report_tells_the_fraction_since_the_former_one_and_the_sum_over_all_time()
    {
        _statistics.TakeReport().ShouldBeNull();
        Count(65_534, 0, 0);
        Count(65_535, 160, 160);
        Count(2, 640, 640);
        _statistics.TakeReport().ShouldBe(new ReceptionReport(1, FractionLost: 2 * 256 / 5, Lost: 2, HighestSequence: 0x1_0002, Jitter: 0));
        Count(3, 800, 800);
        _statistics.TakeReport().ShouldBe(new ReceptionReport(1, FractionLost: 0, Lost: 2, HighestSequence: 0x1_0003, Jitter: 0));

        // Twice the same packet: more came than was expected.
        Count(3, 800, 800);
        Count(3, 800, 800);
        Count(3, 800, 800);
        _statistics.TakeReport()!.Value.Lost.ShouldBe(-1);
    }

    [Fact]
    public void An_event_s_repeated_timestamp_and_another_clock_are_no_jitter()
    {
        Count(1, 0, 0);
        Count(2, 160, 160, isEvent: true);
        Count(3, 160, 320, isEvent: true);
        Count(4, 480, 480);
        _statistics.Count(Header(5, 1_000_000), TimeSpan.FromMilliseconds(80), 48_000);
        _statistics.Count(Header(6, 1_000_960), TimeSpan.FromMilliseconds(100), 48_000);
        _statistics.Jitter.ShouldBe(TimeSpan.Zero);
        _statistics.Lost.ShouldBe(0);
    }

    /// <param name="arrival">In samples of 8 kHz, as the timestamp.</param>
    private void Count(ushort sequence, uint timestamp, long arrival, uint ssrc = 1, bool isEvent = false) =>
        _statistics.Count(Header(sequence, timestamp, ssrc), TimeSpan.FromSeconds(arrival / 8000.0), 8000, isEvent);

    private static RtpHeader Header(ushort sequence, uint timestamp, uint ssrc = 1) =>
        new() { Marker = false, PayloadType = 0, SequenceNumber = sequence, Timestamp = timestamp, Ssrc = ssrc };
}
