using CallCenter.Telephony.Rtp;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtcpTests
{
    private static readonly ReceptionReport Reception = new(0xAABBCCDD, 12, -5, 0x0001_0203, 99, 0x1234_5678, 65_536);

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void What_is_written_is_read_again(bool sends, bool hears, bool leaves)
    {
        var buffer = new byte[RtcpReport.MaxLength];
        var length = new RtcpReport
        {
            Ssrc = 7,
            Name = "a-name-of-16-chr",
            Sent = sends ? new SenderInfo(0x0102_0304_0506_0708, 160, 3, 480) : null,
            Received = hears ? Reception : null,
            IsGoodbye = leaves,
        }.Write(buffer);
        (length % 4).ShouldBe(0);
        RtcpCompound.TryParse(buffer.AsSpan(0, length), ours: 0xAABBCCDD, out var read).ShouldBeTrue();
        read.ShouldBe(new RtcpCompound { Sender = 7, SenderTime = sends ? 0x0304_0506 : null, OurReception = hears ? Reception : null, IsGoodbye = leaves });
        RtcpCompound.TryParse(buffer.AsSpan(0, length), ours: 1, out read).ShouldBeTrue();
        read.OurReception.ShouldBeNull("it is about somebody else");
    }

    [Fact]
    public void The_name_ends_with_a_zero_byte_whatever_its_length()
    {
        for (var length = 1; length <= 32; length++)
        {
            var buffer = Enumerable.Repeat((byte)0xFF, RtcpReport.MaxLength).ToArray();
            var written = new RtcpReport { Ssrc = 7, Name = new string('n', length) }.Write(buffer);
            buffer[written - 1].ShouldBe((byte)0);
            RtcpCompound.TryParse(buffer.AsSpan(0, written), 7, out _).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("80C90001AAAAAAAA", true)]
    [InlineData("80C90001AAAAAAAA81CB0001AAAAAAAA", true)]
    [InlineData("80C90001AAAAAAAA80CF0002AAAAAAAA01000000", true)]
    [InlineData("80C90001AAAAAAAAA1CB0002AAAAAAAA00000004", true)]
    [InlineData("", false)]
    [InlineData("80C900", false)]
    [InlineData("81CB0001AAAAAAAA", false)]
    [InlineData("40C90001AAAAAAAA", false)]
    [InlineData("A0C90001AAAAAAAA", false)]
    [InlineData("80C90002AAAAAAAA", false)]
    [InlineData("81C90001AAAAAAAA", false)]
    [InlineData("80C80001AAAAAAAA", false)]
    [InlineData("80C90001AAAAAAAA81CB", false)]
    [InlineData("80C90001AAAAAAAAA1CB0002AAAAAAAA00000003", false)]
    [InlineData("80C90001AAAAAAAA01CB0001AAAAAAAA", false)]
    public void The_rules_of_appendix_A_2_are_kept(string packet, bool valid) =>
        RtcpCompound.TryParse(Convert.FromHexString(packet), 1, out _).ShouldBe(valid);

    [Fact]
    public void A_goodbye_of_another_source_is_not_the_sender_s()
    {
        RtcpCompound.TryParse(Convert.FromHexString("80C90001AAAAAAAA81CB0001BBBBBBBB"), 1, out var compound).ShouldBeTrue();
        compound.IsGoodbye.ShouldBeFalse();
    }

    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Prop.ForAll<byte[], byte>((bytes, type) =>
        {
            byte[] packet = [0x82, (byte)(200 + (type % 8)), 0, (byte)(bytes.Length / 4), .. bytes];
            _ = RtcpCompound.TryParse(packet, 1, out _);
            _ = RtcpCompound.TryParse([0x80, 201, 0, 1, 0, 0, 0, 1, .. packet], 1, out _);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void NTP_time_counts_from_1900() =>
        SenderInfo.NtpTime(new DateTimeOffset(1900, 1, 1, 0, 1, 0, 500, TimeSpan.Zero)).ShouldBe(60UL << 32 | 0x8000_0000);
}
