using CallCenter.Telephony.Rtp;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpHeaderTests
{
    private static readonly byte[] Plain = [0x80, 0x88, 0xFF, 0xFE, 0x01, 0x02, 0x03, 0x04, 0xA1, 0xA2, 0xA3, 0xA4, 1, 2, 3];

    [Fact]
    public void A_plain_packet_is_read_field_by_field()
    {
        RtpHeader.TryParse(Plain, out var header, out var error).ShouldBeTrue();
        error.ShouldBe(RtpParseError.None);
        header.Marker.ShouldBeTrue();
        header.PayloadType.ShouldBe((byte)8);
        header.SequenceNumber.ShouldBe((ushort)0xFFFE);
        header.Timestamp.ShouldBe(0x01020304u);
        header.Ssrc.ShouldBe(0xA1A2A3A4u);
        header.PayloadOffset.ShouldBe(12);
        header.PayloadLength.ShouldBe(3);
    }

    [Fact]
    public void The_payload_lies_after_contributing_sources_and_extension_and_before_the_padding()
    {
        byte[] packet =
        [
            0xB2, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, // padding, extension, two CSRCs
            0, 0, 0, 4, 0, 0, 0, 5,
            0xBE, 0xDE, 0, 1, 9, 9, 9, 9, // one word of extension
            42, 43,
            0, 0, 3, // three bytes of padding
        ];
        RtpHeader.TryParse(packet, out var header, out _).ShouldBeTrue();
        packet.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray().ShouldBe([42, 43]);
    }

    [Theory]
    [InlineData("", nameof(RtpParseError.TooShort))]
    [InlineData("8000000100000000000000", nameof(RtpParseError.TooShort))]
    [InlineData("400000010000000000000000", nameof(RtpParseError.WrongVersion))]
    [InlineData("80C8000100000000000000000000", nameof(RtpParseError.IsRtcp))]
    [InlineData("810000010000000000000000", nameof(RtpParseError.HeaderTruncated))]
    [InlineData("9000000100000000000000000000", nameof(RtpParseError.HeaderTruncated))]
    [InlineData("90000001000000000000000000000002AAAAAAAA", nameof(RtpParseError.HeaderTruncated))]
    [InlineData("A00000010000000000000000", nameof(RtpParseError.WrongPadding))]
    [InlineData("A0000001000000000000000000", nameof(RtpParseError.WrongPadding))]
    [InlineData("A0000001000000000000000005", nameof(RtpParseError.WrongPadding))]
    public void What_is_no_packet_is_refused_with_its_reason(string hex, string reason)
    {
        RtpHeader.TryParse(Convert.FromHexString(hex), out _, out var error).ShouldBeFalse();
        error.ToString().ShouldBe(reason);
    }

    [Fact]
    public void No_bytes_make_the_parser_throw_or_point_outside_of_the_packet() =>
        Prop.ForAll<byte[], byte>((tail, first) =>
        {
            byte[] packet = [(byte)(0x80 | (first & 0x3F)), .. tail];
            return !RtpHeader.TryParse(packet, out var header, out _)
                || (header.PayloadOffset >= RtpHeader.FixedLength && header.PayloadOffset + header.PayloadLength <= packet.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(80));

    [Fact]
    public void A_written_header_is_read_as_the_same() =>
        Prop.ForAll<(bool Marker, byte Type, ushort Sequence, uint Timestamp, uint Ssrc)>(f =>
        {
            var type = (byte)(f.Type & 0x3F);
            var written = new RtpHeader { Marker = f.Marker, PayloadType = type, SequenceNumber = f.Sequence, Timestamp = f.Timestamp, Ssrc = f.Ssrc };
            var packet = new byte[RtpHeader.FixedLength + 5];
            written.Write(packet);
            return RtpHeader.TryParse(packet, out var read, out _)
                && read == (written with { PayloadOffset = RtpHeader.FixedLength, PayloadLength = 5 });
        }).QuickCheckThrowOnFailure();
}
