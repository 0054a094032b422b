using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

/// <summary>RFC 3711.</summary>
public sealed class SrtpTests
{
    private static readonly SrtpKey Key = new(Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6"));

    private readonly SrtpKeys _keys = new(SrtpSuite.Tag80, Key, Key);

    [Fact]
    public void Session_keys_are_derived_as_in_appendix_B_3()
    {
        Derived(0, 16).ShouldBe("C61E7A93744F39EE10734AFE3FF7A087");
        Derived(2, 14).ShouldBe("30CBBC08863D8C85D49DB34A9AE1");
        Derived(1, 94).ShouldBe(
            "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2");
    }

    [Fact]
    public void The_key_stream_is_that_of_appendix_B_2()
    {
        // The appendix gives the session key and salt themselves; the derivation under a zero label and the same numbers leads there by the same counter.
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.SetKey(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var counter = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");
        Convert.ToHexString(aes.EncryptEcb(counter, System.Security.Cryptography.PaddingMode.None)).ShouldBe("E03EAD0935C95E80E166B16DD92B4EB4");
        SrtpContext.Derive(new SrtpKey([.. Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"), .. counter[..14]]), 0, counter);
        Convert.ToHexString(counter).ShouldBe("E03EAD0935C95E80E166B16DD92B4EB4");
    }

    [Theory]
    [InlineData(nameof(SrtpSuite.Tag80), "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB")]
    [InlineData(nameof(SrtpSuite.Tag32), "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC")]
    public void A_packet_is_protected_as_by_libsrtp(string suite, string expected)
    {
        // The reference packet of libsrtp's srtp_validate, whose key is that of appendix B.3.
        using var sender = new SrtpSender(Enum.Parse<SrtpSuite>(suite), Key);
        Convert.ToHexString(sender.Protect(Convert.FromHexString("800F1234DECAFBADCAFEBABE" + string.Concat(Enumerable.Repeat("AB", 16))))).ShouldBe(expected);
    }

    [Fact]
    public void What_is_protected_is_opened_once_over_the_wrap_and_out_of_order()
    {
        using var sender = new SrtpSender(SrtpSuite.Tag80, Key);
        using var receiver = new SrtpReceiver(SrtpSuite.Tag80, Key);
        var sent = Enumerable.Range(65_400, 300).Select(n => sender.Protect(Packet((ushort)n)).ToArray()).ToArray();
        for (var i = 0; i < sent.Length; i += 2)
        {
            Opens(receiver, sent[i + 1], (ushort)(65_401 + i)).ShouldBeTrue();
            Opens(receiver, sent[i], (ushort)(65_400 + i)).ShouldBeTrue("late, but not too late");
            Opens(receiver, sent[i], (ushort)(65_400 + i)).ShouldBeFalse("seen before");
        }

        Opens(receiver, sent[0], 65_400).ShouldBeFalse("too old to tell");
    }

    [Fact]
    public void A_packet_that_was_altered_cut_or_made_with_another_key_is_not_opened()
    {
        using var sender = new SrtpSender(SrtpSuite.Tag80, Key);
        using var receiver = new SrtpReceiver(SrtpSuite.Tag80, Key);
        var genuine = sender.Protect(Packet(7)).ToArray();
        for (var i = 0; i < genuine.Length; i++)
        {
            var forged = (byte[])genuine.Clone();
            forged[i] ^= 1;
            Opens(receiver, forged, 7).ShouldBeFalse();
            Opens(receiver, genuine[..i], 7).ShouldBeFalse();
        }

        using var other = new SrtpReceiver(SrtpSuite.Tag80, SrtpKey.Random());
        Opens(other, genuine, 7).ShouldBeFalse();
        Opens(receiver, genuine, 7).ShouldBeTrue("none of the forgeries has used up its number");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_key_in_mid_stream_goes_on_whether_the_sender_keeps_the_count_of_wraps_or_not(bool restarts)
    {
        using var former = new SrtpReceiver(SrtpSuite.Tag80, Key);
        using var sender = new SrtpSender(SrtpSuite.Tag80, Key);
        for (var n = 65_530; n < 65_540; n++)
        {
            Opens(former, sender.Protect(Packet((ushort)n)).ToArray(), (ushort)n).ShouldBeTrue();
        }

        var renewed = SrtpKey.Random();
        using var next = new SrtpReceiver(SrtpSuite.Tag80, renewed);
        next.TakeRolloverFrom(former);
        using var renewedSender = new SrtpSender(SrtpSuite.Tag80, renewed);
        if (!restarts)
        {
            // It has counted the wrap too.
            renewedSender.Protect(Packet(65_535));
            renewedSender.Protect(Packet(0));
        }

        for (ushort n = 4; n < 8; n++)
        {
            Opens(next, renewedSender.Protect(Packet(n)).ToArray(), n).ShouldBeTrue();
        }
    }

    [Fact]
    public void Control_packets_are_protected_and_opened_once()
    {
        using var here = new Srtcp(_keys);
        using var there = new Srtcp(_keys);
        byte[] report = [0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 2, 1, 2, 3, 4, 1, 1, 65, 0];
        var buffer = new byte[100];
        report.CopyTo(buffer, 0);
        var length = here.Protect(buffer, report.Length);
        length.ShouldBe(report.Length + 14);
        buffer.AsSpan(8, 12).SequenceEqual(report.AsSpan(8)).ShouldBeFalse();

        var forged = buffer.AsSpan(0, length).ToArray().AsSpan();
        forged[9] ^= 1;
        there.TryOpen(ref forged).ShouldBeFalse();
        var again = buffer.AsSpan(0, length).ToArray().AsSpan();
        var opened = buffer.AsSpan(0, length).ToArray().AsSpan();
        there.TryOpen(ref opened).ShouldBeTrue();
        opened.ToArray().ShouldBe(report);
        there.TryOpen(ref again).ShouldBeFalse();
        var tooShort = new byte[21].AsSpan();
        there.TryOpen(ref tooShort).ShouldBeFalse();
    }

    [Fact]
    public void Protecting_and_opening_costs_no_allocation()
    {
        using var sender = new SrtpSender(SrtpSuite.Tag80, Key);
        using var receiver = new SrtpReceiver(SrtpSuite.Tag80, Key);
        var packet = Packet(0);
        var wire = new byte[200];
        var opened = 0;
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        opened.ShouldBe(10_010);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(opened + 1));
                var sent = sender.Protect(packet);
                sent.CopyTo(wire);
                var span = wire.AsSpan(0, sent.Length);
                opened += receiver.TryOpen(ref span) ? 1 : 0;
            }
        }
    }

    private static string Derived(byte label, int length)
    {
        var derived = new byte[length];
        SrtpContext.Derive(Key, label, derived);
        return Convert.ToHexString(derived);
    }

    /// <summary>With padding, which is encrypted too.</summary>
    private static byte[] Packet(ushort sequence) => [0xA0, 0, (byte)(sequence >> 8), (byte)sequence, 0, 0, 0, 1, 0, 0, 0, 9, .. Enumerable.Repeat((byte)sequence, 40), 0, 2];

    private static bool Opens(SrtpReceiver receiver, byte[] protectedPacket, ushort sequence)
    {
        var packet = ((byte[])protectedPacket.Clone()).AsSpan();
        if (!receiver.TryOpen(ref packet))
        {
            return false;
        }

        packet.ToArray().ShouldBe(Packet(sequence));
        return true;
    }
}
