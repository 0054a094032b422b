using System.Net;
using System.Text;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Sdp;

/// <summary>Keys in SDP (RFC 4568).</summary>
public sealed class SdesTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n";
    private const string KeyA = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    private const string KeyB = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

    private readonly AudioNegotiation _negotiation = new(IPAddress.Loopback, 20_000, AudioPolicy.Default with { Encryption = MediaEncryption.Offered });

    [Fact]
    public void An_offer_over_secret_signalling_asks_for_SRTP_with_a_key_for_each_suite()
    {
        var audio = Read(_negotiation.CreateOffer(out _));
        audio.Protocol.ShouldBe("RTP/SAVP");
        var lines = CryptoAttribute.In(audio);
        lines.Select(l => (l.Tag, l.Suite)).ShouldBe([(1, SrtpSuite.Tag80), (2, SrtpSuite.Tag32)]);
        lines[0].Key.ShouldNotBe(lines[1].Key);
        CryptoAttribute.In(Read(_negotiation.CreateOffer(out _))).ShouldBe(lines, "a re-offer needs no other keys");
    }

    [Theory]
    [InlineData($"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}\r\n", 1, nameof(SrtpSuite.Tag80))]
    [InlineData($"a=crypto:9 AES_CM_128_HMAC_SHA1_32 inline:{KeyA}|2^20 WSH=64 -X=1\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyB}\r\n", 9, nameof(SrtpSuite.Tag32))]
    [InlineData($"a=crypto:1 F8_128_HMAC_SHA1_80 inline:{KeyB}\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}|2^31\r\n", 2, nameof(SrtpSuite.Tag80))]
    [InlineData($"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyB}|2^20|1:4\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}\r\n", 2, nameof(SrtpSuite.Tag80))]
    [InlineData($"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyB} UNENCRYPTED_SRTP\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}\r\n", 2, nameof(SrtpSuite.Tag80))]
    public void An_answer_takes_the_first_line_that_can_be_used_under_its_tag_with_a_key_of_ours(string lines, int tag, string suite)
    {
        _negotiation.TryAnswer(Encoding.UTF8.GetBytes(Head + lines), out var answer, out var session, out var error).ShouldBeTrue(error);
        var audio = Read(answer);
        audio.Protocol.ShouldBe("RTP/SAVP");
        var ours = CryptoAttribute.In(audio).ShouldHaveSingleItem();
        (ours.Tag, ours.Suite.ToString()).ShouldBe((tag, suite));
        session.Keys.ShouldBe(new SrtpKeys(ours.Suite, ours.Key, new SrtpKey(Convert.FromBase64String(KeyA))));
    }

    [Fact]
    public void Two_of_us_agree_on_keys_and_a_new_key_in_a_re_offer_is_taken()
    {
        var callee = new AudioNegotiation(IPAddress.Loopback, 20_002, AudioPolicy.Default with { Encryption = MediaEncryption.Accepted });
        callee.TryAnswer(Encoding.UTF8.GetBytes(_negotiation.CreateOffer(out _)), out var answer, out var calleeSession, out _).ShouldBeTrue();
        _negotiation.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out var callerSession, out var error).ShouldBeTrue(error);
        callerSession.Keys.ShouldBe(new SrtpKeys(SrtpSuite.Tag80, calleeSession.Keys!.Remote, calleeSession.Keys.Local));

        callee.TryAnswer(Encoding.UTF8.GetBytes($"{Head}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}\r\n"), out _, out var renewed, out _).ShouldBeTrue();
        renewed.Keys!.Remote.ShouldBe(new SrtpKey(Convert.FromBase64String(KeyA)));
        renewed.Keys.Local.ShouldBe(calleeSession.Keys.Local);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80\r\n")]
    [InlineData("a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:not base64\r\n")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVzWVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n")]
    public void SRTP_without_a_usable_line_is_refused(string lines)
    {
        _negotiation.TryAnswer(Encoding.UTF8.GetBytes(Head + lines), out _, out _, out var error).ShouldBeFalse();
        error.ShouldBe("audio over RTP/SAVP without a crypto line that we can use");
    }

    [Fact]
    public void A_key_that_crossed_the_network_in_clear_is_refused()
    {
        var open = new AudioNegotiation(IPAddress.Loopback, 20_000);
        open.TryAnswer(Encoding.UTF8.GetBytes($"{Head}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KeyA}\r\n"), out _, out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().ShouldContain("in clear");
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/SAVPF 0\r\n", "the answer is for RTP/SAVPF where the offer was for RTP/SAVP")]
    [InlineData("m=audio 4000 RTP/SAVP 0\r\na=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:" + KeyA + "\r\n", "crypto line")]
    [InlineData("m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:" + KeyA + "\r\n", "crypto line")]
    public void An_answer_must_choose_one_of_our_lines(string media, string reason)
    {
        _negotiation.CreateOffer(out _);
        var answer = Head[..Head.IndexOf("m=", StringComparison.Ordinal)] + media;
        _negotiation.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void A_party_that_refused_encryption_can_be_offered_plain_audio()
    {
        _negotiation.CreateOffer(out _);
        Read(_negotiation.CreateOffer(out _, plain: true)).Protocol.ShouldBe("RTP/AVP");
        ApplyPlain();
    }

    [Fact]
    public void A_party_that_answers_with_plain_audio_all_the_same_gets_it()
    {
        _negotiation.CreateOffer(out _);
        ApplyPlain();
    }

    private void ApplyPlain()
    {
        var answer = Head.Replace("SAVP", "AVP", StringComparison.Ordinal);
        _negotiation.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out var session, out var error).ShouldBeTrue(error);
        session.Keys.ShouldBeNull();
        Read(_negotiation.CreateOffer(out _)).Protocol.ShouldBe("RTP/AVP", "the session is plain now");
    }

    private static MediaDescription Read(string text)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out var description, out var error).ShouldBeTrue(error.ToString());
        return description.Media[0];
    }
}
