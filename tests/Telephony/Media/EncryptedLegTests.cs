using System.Net;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Tests.Rtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>SRTP between two engines, bridged to plain RTP on both sides: what is heard at the end went encrypted through the middle.</summary>
public sealed class EncryptedLegTests : MediaEngineFixture
{
    private static readonly AudioPolicy Secret = AudioPolicy.Default with { Encryption = MediaEncryption.Offered };

    private readonly MediaEngine _other = new(IPAddress.Loopback, FreePorts.Range(40), TimeProvider.System, NullLogger.Instance);

    [Fact]
    public async Task Plain_audio_goes_over_an_encrypted_stretch_and_comes_out_as_it_was()
    {
        await using var other = _other;
        using var caller = Connect("0 101", "a=rtpmap:101 telephone-event/8000\r\n");
        using var callee = new Phone(other.CreateLeg(), "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
        var (near, far) = (Engine.CreateLeg(Secret), other.CreateLeg(Secret));
        Agree(near, far);
        caller.Leg.Bridge(near);
        callee.Leg.Bridge(far);
        for (byte i = 0; i < 50; i++)
        {
            caller.Send(payload: [.. Enumerable.Repeat(i, 160)]);
            callee.Hear().Payload.ShouldAllBe(c => c == i);
            callee.Send(payload: [.. Enumerable.Repeat((byte)(i + 100), 160)]);
            caller.Hear().Payload.ShouldAllBe(c => c == i + 100);
        }

        caller.Send(101, [5, 10, 0, 160], marker: true);
        callee.Hear().Payload.ShouldBe([5, 10, 0, 160]);

        // New keys in mid-call, as after a re-offer by a peer that makes new ones each time.
        var renewed = other.CreateLeg(Secret);
        callee.Leg.Bridge(renewed);
        Agree(near, renewed);
        caller.Send(payload: [1, 2]);
        callee.Hear().Payload.ShouldBe([1, 2]);
        far.Statistics.PacketsDiscarded.ShouldBe(0);
        renewed.Statistics.PacketsDiscarded.ShouldBe(0);
    }

    [Fact]
    public async Task Plain_packets_and_strangers_are_not_heard_on_an_encrypted_leg()
    {
        await using var other = _other;
        var (near, far) = (Engine.CreateLeg(Secret), other.CreateLeg(Secret));
        using var listener = Connect();
        Agree(near, far);
        near.Bridge(listener.Leg);
        using var stranger = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        var port = Read(near.CreateOffer()).Media[0].Port;
        stranger.SendTo((byte[])[0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[160]], new IPEndPoint(IPAddress.Loopback, port));
        await Until(() => near.Statistics.PacketsDiscarded == 1);
        far.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        await Until(() => listener.Leg.Statistics.PacketsSent > 2);
        near.Statistics.PacketsDiscarded.ShouldBe(1);
    }

    private static void Agree(MediaLeg offerer, MediaLeg answerer)
    {
        answerer.TryCreateAnswer(Encoding.UTF8.GetBytes(offerer.CreateOffer()), out var answer, out var error).ShouldBeTrue(error);
        answer.ShouldContain("RTP/SAVP");
        offerer.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out error).ShouldBeTrue(error);
    }

    private static SessionDescription Read(string text)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out var description, out var error).ShouldBeTrue(error.ToString());
        return description;
    }
}
