using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpOutputTests
{
    private readonly ManualClock _clock = new();
    private readonly RtpOutput _output;

    public RtpOutputTests() => _output = new RtpOutput(_clock, 8000, 160, ssrc: 0xABCD, firstSequence: 65534, firstTimestamp: uint.MaxValue - 159);

    [Fact]
    public void Generated_packets_step_by_one_and_by_160_over_the_wrap_with_one_marker_at_the_start()
    {
        var headers = Enumerable.Range(0, 4).Select(_ => Generate()).ToArray();
        headers.Select(h => h.SequenceNumber).ShouldBe([65534, 65535, 0, 1]);
        headers.Select(h => h.Timestamp).ShouldBe([uint.MaxValue - 159, 0u, 160u, 320u]);
        headers.Select(h => h.Marker).ShouldBe([true, false, false, false]);
        headers.ShouldAllBe(h => h.Ssrc == 0xABCD);
    }

    [Fact]
    public void A_relayed_stream_goes_on_where_the_player_left_off()
    {
        var played = Generate();
        _clock.AdvanceMilliseconds(20);
        var relayed = Relay(100, 50_000).ShouldNotBeNull();
        relayed.SequenceNumber.ShouldBe((ushort)(played.SequenceNumber + 1));
        relayed.Timestamp.ShouldBe(played.Timestamp + 160);
        relayed.Marker.ShouldBeTrue();
        relayed.Ssrc.ShouldBe(0xABCDu);
        Relay(101, 50_160).ShouldNotBeNull().Marker.ShouldBeFalse();
    }

    [Fact]
    public void A_pause_before_a_new_run_moves_the_timestamp_by_the_time_that_passed()
    {
        var played = Generate();
        _clock.Advance(TimeSpan.FromSeconds(3));
        Relay(100, 50_000).ShouldNotBeNull().Timestamp.ShouldBe(played.Timestamp + 24_000);
    }

    [Fact]
    public void Loss_and_reordering_before_us_stay_visible()
    {
        Generate();
        var first = Relay(100, 0).ShouldNotBeNull().SequenceNumber;
        Relay(103, 480).ShouldNotBeNull().SequenceNumber.ShouldBe((ushort)(first + 3));
        var late = Relay(102, 320).ShouldNotBeNull();
        late.SequenceNumber.ShouldBe((ushort)(first + 2));
        Relay(104, 640).ShouldNotBeNull().SequenceNumber.ShouldBe((ushort)(first + 4));
    }

    [Fact]
    public void A_late_packet_from_before_the_switch_is_dropped_since_its_number_is_used()
    {
        Generate();
        Relay(100, 16_000);
        Relay(99, 15_840).ShouldBeNull();
        Relay(101, 16_160).ShouldNotBeNull();
        Relay(99, 15_840).ShouldBeNull();
    }

    [Fact]
    public void Another_source_in_mid_call_is_joined_without_a_jump_and_marked()
    {
        Relay(100, 0);
        var last = Relay(101, 160).ShouldNotBeNull();
        _clock.AdvanceMilliseconds(20);
        var next = Relay(30_000, 777_777, ssrc: 9).ShouldNotBeNull();
        next.SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 1));
        next.Timestamp.ShouldBe(last.Timestamp + 160);
        next.Marker.ShouldBeTrue();
    }

    [Fact]
    public void The_player_goes_on_after_a_relayed_stream_whose_last_packets_came_in_the_wrong_order()
    {
        Relay(100, 0);
        var highest = Relay(102, 320).ShouldNotBeNull();
        Relay(101, 160);
        Generate().SequenceNumber.ShouldBe((ushort)(highest.SequenceNumber + 1));
    }

    [Fact]
    public void The_packets_of_one_DTMF_event_keep_one_timestamp()
    {
        Relay(100, 0);
        var start = Relay(101, 160, marker: true).ShouldNotBeNull();
        start.Marker.ShouldBeTrue();
        Relay(102, 160).ShouldNotBeNull().Timestamp.ShouldBe(start.Timestamp);
        Relay(103, 160).ShouldNotBeNull().Timestamp.ShouldBe(start.Timestamp);
    }

    [Fact]
    public void A_relayed_stream_of_any_length_keeps_its_steps()
    {
        var first = Relay(65_000, 0).ShouldNotBeNull();
        for (uint i = 1; i < 200_000; i++)
        {
            var header = Relay(unchecked((ushort)(65_000 + i)), i * 160).ShouldNotBeNull();
            header.SequenceNumber.ShouldBe(unchecked((ushort)(first.SequenceNumber + i)));
            header.Timestamp.ShouldBe(first.Timestamp + (i * 160));
        }
    }

    private RtpHeader Generate() => _output.NextGenerated(0, 160);

    private RtpHeader? Relay(ushort sequence, uint timestamp, uint ssrc = 1, bool marker = false) =>
        _output.TryNextRelayed(new RtpHeader { Marker = marker, PayloadType = 0, SequenceNumber = sequence, Timestamp = timestamp, Ssrc = ssrc }, 0, 8000, out var header)
            ? header
            : null;
}
