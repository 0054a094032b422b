using System.Net;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpSourceLatchTests
{
    private const uint PhoneSsrc = 0x1111;

    private static readonly SocketAddress Signalled = Address("192.0.2.1:4000");
    private static readonly SocketAddress Nat = Address("198.51.100.7:61000");
    private static readonly SocketAddress NatRebound = Address("198.51.100.7:61500");
    private static readonly SocketAddress Thief = Address("203.0.113.66:6666");

    private readonly ManualClock _clock = new();
    private readonly RtpSourceLatch _latch;

    public RtpSourceLatchTests()
    {
        _latch = new RtpSourceLatch(_clock);
        _latch.Signal(Signalled);
    }

    [Fact]
    public void The_first_valid_packet_latches_its_source_be_it_signalled_or_not()
    {
        _latch.Source.ShouldBeNull();
        Hear(Nat, 1).ShouldBeTrue();
        _latch.Source.ShouldBe(Nat);
    }

    [Fact]
    public void A_packet_of_a_type_that_was_not_negotiated_latches_nothing()
    {
        Hear(Thief, 1, negotiated: false).ShouldBeFalse();
        _latch.Source.ShouldBeNull();
    }

    [Fact]
    public void The_latched_address_is_a_copy_of_the_reused_receive_address()
    {
        var reused = Address("198.51.100.7:61000");
        Hear(reused, 1);
        Thief.Buffer.CopyTo(reused.Buffer);
        _latch.Source.ShouldBe(Nat);
    }

    [Fact]
    public void A_single_stray_packet_takes_nothing_even_with_the_right_SSRC_and_after_silence()
    {
        Hear(Nat, 1);
        Hear(Thief, 2).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Hear(Thief, 900, ssrc: 7).ShouldBeFalse();
        _latch.Source.ShouldBe(Nat);
    }

    [Fact]
    public void A_thief_who_knows_the_SSRC_never_wins_while_the_party_speaks()
    {
        Hear(Nat, 1);
        for (ushort i = 2; i < 2000; i++)
        {
            // Three packets for each one of the party's.
            Hear(Thief, (ushort)(3 * i)).ShouldBeFalse();
            Hear(Thief, (ushort)((3 * i) + 1)).ShouldBeFalse();
            Hear(Thief, (ushort)((3 * i) + 2)).ShouldBeFalse();
            Hear(Nat, i).ShouldBeTrue();
            _clock.AdvanceMilliseconds(20);
        }

        _latch.Source.ShouldBe(Nat);
    }

    [Fact]
    public void A_NAT_that_rebinds_is_followed_after_a_few_packets_of_the_same_stream()
    {
        Hear(Nat, 1);
        for (ushort i = 2; i < 1 + RtpSourceLatch.PacketsToRelatch; i++)
        {
            Hear(NatRebound, i).ShouldBeFalse();
        }

        Hear(NatRebound, 1 + RtpSourceLatch.PacketsToRelatch).ShouldBeTrue();
        _latch.Source.ShouldBe(NatRebound);
    }

    [Fact]
    public void A_new_stream_from_elsewhere_is_taken_only_after_the_former_source_is_silent()
    {
        Hear(Nat, 1);
        for (ushort i = 0; i < 50; i++)
        {
            _clock.AdvanceMilliseconds(20);
            Hear(NatRebound, i, ssrc: 7).ShouldBeFalse();
        }

        _clock.Advance(RtpSourceLatch.SilenceToRelatch);
        Hear(NatRebound, 50, ssrc: 7).ShouldBeTrue();
    }

    [Fact]
    public void Packets_with_gaps_are_no_proof_of_a_stream()
    {
        Hear(Nat, 1);
        _clock.Advance(RtpSourceLatch.SilenceToRelatch);
        for (ushort i = 0; i < 100; i += 2)
        {
            Hear(Thief, i, ssrc: 7).ShouldBeFalse();
        }
    }

    [Fact]
    public void The_signalled_address_takes_back_what_a_stranger_has_latched_first()
    {
        Hear(Thief, 1, ssrc: 7);
        Hear(Signalled, 1).ShouldBeTrue();
        _latch.Source.ShouldBe(Signalled);
        Hear(Thief, 2, ssrc: 7).ShouldBeFalse();
    }

    [Fact]
    public void The_same_source_may_change_its_SSRC()
    {
        Hear(Nat, 1);
        Hear(Nat, 9000, ssrc: 7).ShouldBeTrue();
    }

    [Fact]
    public void A_party_that_signals_another_address_is_learned_anew_and_one_that_repeats_it_is_not()
    {
        Hear(Nat, 1);
        _latch.Signal(Address("192.0.2.1:4000"));
        _latch.Source.ShouldBe(Nat);
        _latch.Signal(Address("192.0.2.9:5000"));
        _latch.Source.ShouldBeNull();
    }

    private static SocketAddress Address(string endPoint) => IPEndPoint.Parse(endPoint).Serialize();

    private bool Hear(SocketAddress source, ushort sequence, uint ssrc = PhoneSsrc, bool negotiated = true) =>
        _latch.Accept(source, new RtpHeader { Marker = false, PayloadType = 0, SequenceNumber = sequence, Timestamp = 0, Ssrc = ssrc }, negotiated);
}
