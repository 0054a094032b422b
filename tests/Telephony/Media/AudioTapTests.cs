using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class AudioTapTests : MediaEngineFixture
{
    [Fact]
    public void A_tap_hears_what_the_party_sent_also_where_the_bridge_alters_it()
    {
        using var caller = Connect();
        using var agent = Connect($"{Phone.Pcma}");
        var tap = new Listener();
        caller.Leg.AddTap(tap);
        caller.Leg.Bridge(agent.Leg);
        caller.Send(payload: [0x12, 0x34]);
        agent.Hear().Payload.ShouldNotBe([0x12, 0x34]);
        tap.Heard.ShouldBe(["Pcmu 1234"]);

        caller.Leg.RemoveTap(tap);
        caller.Send();
        agent.Hear();
        tap.Heard.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_tap_needs_no_bridge_and_hears_no_stranger_and_nothing_that_was_not_negotiated()
    {
        using var phone = Connect();
        var tap = new Listener();
        phone.Leg.AddTap(tap);
        phone.Send(111);
        phone.Send(payload: [1]);
        await Until(() => phone.Leg.Statistics.PacketsReceived == 1);
        await Until(() => tap.Heard.Count == 1);
        tap.Heard.ShouldBe(["Pcmu 01"]);
    }

    private sealed class Listener : IAudioTap
    {
        public List<string> Heard { get; } = [];

        public void OnAudio(ReadOnlySpan<byte> payload, in RtpHeader header, AudioEncoding encoding) => Heard.Add($"{encoding} {Convert.ToHexString(payload)}");
    }
}
