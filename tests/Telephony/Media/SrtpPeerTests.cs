using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>SRTP of another make: ffmpeg's.</summary>
public sealed class SrtpPeerTests : MediaEngineFixture
{
    private const string Key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    [Theory]
    [InlineData("AES_CM_128_HMAC_SHA1_80")]
    [InlineData("AES_CM_128_HMAC_SHA1_32")]
    public async Task A_tone_that_ffmpeg_encrypts_is_heard(string suite)
    {
        using var listener = Connect();
        var leg = Engine.CreateLeg(AudioPolicy.Default with { Encryption = MediaEncryption.Accepted });
        var offer = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 {suite} inline:{Key}\r\n";
        leg.TryCreateAnswer(Encoding.UTF8.GetBytes(offer), out var answer, out var error).ShouldBeTrue(error);
        SdpParser.TryParse(Encoding.UTF8.GetBytes(answer), out var description, out _).ShouldBeTrue();
        leg.Bridge(listener.Leg);

        using var ffmpeg = Start(suite, description.Media[0].Port);
        var samples = new List<short>();
        while (samples.Count < 8000)
        {
            samples.AddRange(listener.Hear().Payload.Select(G711.DecodeMuLaw));
        }

        ffmpeg.Kill();
        await ffmpeg.WaitForExitAsync();
        var heard = samples.ToArray();

        // ffmpeg's sine is an eighth of full scale.
        Signal.Amplitude(heard, 440).ShouldBe(short.MaxValue / 8.0, 200);
        leg.Statistics.PacketsDiscarded.ShouldBe(0);
        leg.Statistics.PacketsLost.ShouldBe(0);
    }

    private static Process Start(string suite, int port)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-loglevel", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=30", "-c:a", "pcm_mulaw", "-f", "rtp",
                "-srtp_out_suite", suite, "-srtp_out_params", Key, $"srtp://127.0.0.1:{port}?pkt_size=172",
            },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("ffmpeg is not installed (Debian: apt-get install ffmpeg)", e);
        }
    }
}
