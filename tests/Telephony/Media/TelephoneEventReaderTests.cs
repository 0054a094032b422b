using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Tests.Rtp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>RFC 4733 section 2.5.</summary>
public sealed class TelephoneEventReaderTests
{
    private readonly ManualClock _clock = new();
    private readonly List<(char Digit, double Milliseconds)> _pressed = [];
    private readonly TelephoneEventReader _reader;
    private ushort _sequence;

    public TelephoneEventReaderTests() => _reader = new TelephoneEventReader(_clock, (digit, _) => _pressed.Add((digit.Digit, digit.Duration.TotalMilliseconds)));

    [Fact]
    public void A_key_whose_end_comes_three_times_is_told_once_with_its_duration()
    {
        Event(5, 1000, 160, marker: true);
        Event(5, 1000, 320);
        _pressed.ShouldBeEmpty();
        Event(5, 1000, 480, end: true);
        Event(5, 1000, 480, end: true);
        Event(5, 1000, 480, end: true);
        _pressed.ShouldBe([('5', 60)]);
    }

    [Fact]
    public void Of_a_key_one_end_alone_is_enough_and_every_code_has_its_digit()
    {
        for (byte code = 0; code <= 16; code++)
        {
            Event(code, (uint)(code * 1000), 400, end: true);
        }

        Event(17, 20_000, 400, end: true);
        string.Concat(_pressed.Select(p => p.Digit)).ShouldBe("0123456789*#ABCD!");
    }

    [Fact]
    public void The_same_key_pressed_again_is_another_key()
    {
        Event(1, 0, 400, marker: true, end: true);
        Event(1, 1600, 400, marker: true, end: true);
        _pressed.Count.ShouldBe(2);
    }

    [Fact]
    public void A_lost_end_is_made_up_by_the_next_key_or_by_time()
    {
        Event(1, 0, 320, marker: true);
        Event(2, 1600, 160, marker: true);
        _pressed.ShouldBe([('1', 40)]);
        _clock.AdvanceMilliseconds(200);
        _reader.EndOverdue();
        _pressed.Count.ShouldBe(1, "it may still be pressed");
        _clock.AdvanceMilliseconds(100);
        _reader.EndOverdue();
        _reader.EndOverdue();
        _pressed.ShouldBe([('1', 40), ('2', 20)]);
    }

    [Fact]
    public void A_press_longer_than_a_duration_can_say_goes_on_in_segments_and_is_one_key()
    {
        Event(9, 0, 160, marker: true);
        Event(9, 0, 65_440);
        Event(9, 65_440, 160);
        Event(9, 65_440, 65_440);
        Event(9, 130_880, 800, end: true);
        Event(9, 130_880, 800, end: true);
        _pressed.ShouldBe([('9', (65_440 + 65_440 + 800) / 8.0)]);
    }

    [Fact]
    public void Late_packets_of_a_key_that_is_over_are_passed_over()
    {
        Event(1, 0, 400, marker: true, end: true);
        Event(2, 1600, 160, marker: true);
        Event(1, 0, 240);
        Event(1, 0, 400, end: true);
        Event(2, 1600, 400, end: true);
        _pressed.ShouldBe([('1', 50), ('2', 50)]);
    }

    [Fact]
    public void Timestamps_wrap_and_a_new_source_begins_anew()
    {
        Event(1, uint.MaxValue - 100, 400, marker: true, end: true);
        Event(2, 1500, 400, marker: true, end: true);
        Event(3, 100, 400, end: true, ssrc: 2);
        string.Concat(_pressed.Select(p => p.Digit)).ShouldBe("123");
    }

    [Fact]
    public void Several_events_in_one_packet_follow_each_other()
    {
        Packet(0, false, 1, [1, 0x8A, 1, 0x90, 2, 0x8A, 1, 0x90]);
        _pressed.ShouldBe([('1', 50), ('2', 50)]);
        Packet(0, false, 1, [1, 0x8A, 1, 0x90, 2, 0x8A, 1, 0x90]);
        _pressed.Count.ShouldBe(2);
    }

    [Fact]
    public void Two_keys_that_carry_the_same_timestamp_are_two()
    {
        Event(1, 0, 400, marker: true, end: true);
        Event(2, 0, 400, marker: true, end: true);
        string.Concat(_pressed.Select(p => p.Digit)).ShouldBe("12");
    }

    [Fact]
    public void A_payload_that_is_cut_off_tells_nothing()
    {
        Packet(0, true, 1, [1, 0x8A, 1]);
        Packet(0, true, 1, []);
        _pressed.ShouldBeEmpty();
    }

    private void Event(byte code, uint timestamp, int duration, bool marker = false, bool end = false, uint ssrc = 1) =>
        Packet(timestamp, marker, ssrc, [code, (byte)(10 | (end ? 0x80 : 0)), (byte)(duration >> 8), (byte)duration]);

    private void Packet(uint timestamp, bool marker, uint ssrc, byte[] payload) =>
        _reader.Take(new RtpHeader { Marker = marker, PayloadType = 101, SequenceNumber = _sequence++, Timestamp = timestamp, Ssrc = ssrc }, payload, 8000, foreign: null);
}
