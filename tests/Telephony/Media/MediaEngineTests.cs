using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Tests.Rtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

public sealed class MediaEngineTests
{
    [Fact]
    public async Task Exhausted_ports_are_an_error_that_names_address_and_range_and_end_when_a_leg_is_disposed()
    {
        var ports = FreePorts.Range(4);
        await using var engine = Create(IPAddress.Loopback, ports);
        var legs = new[] { engine.CreateLeg(), engine.CreateLeg() };
        var error = Should.Throw<MediaPortsExhaustedException>(() => engine.CreateLeg());
        error.Message.ShouldBe($"No free RTP/RTCP port pair is left on 127.0.0.1 in {ports.First}-{ports.Last}.");
        legs[1].Dispose();
        engine.CreateLeg().ShouldNotBeNull();
    }

    [Fact]
    public async Task An_engine_that_is_disposed_has_closed_every_port_and_makes_no_more_legs()
    {
        var ports = FreePorts.Range(2);
        var engine = Create(IPAddress.Loopback, ports);
        engine.CreateLeg();
        await engine.DisposeAsync();
        await engine.DisposeAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, ports.First));
        Should.Throw<ObjectDisposedException>(() => engine.CreateLeg());
    }

    [Fact]
    public async Task A_disposed_leg_answers_every_call_and_does_nothing()
    {
        await using var engine = Create(IPAddress.Loopback, FreePorts.Range(20));
        using var phone = new Phone(engine.CreateLeg());
        var other = engine.CreateLeg();
        var leg = phone.Leg;
        leg.Dispose();
        leg.Dispose();
        leg.Bridge(other);
        leg.Unbridge();
        leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        leg.StopPlaying();
        leg.Statistics.PacketsSent.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_over_IPv6_is_bridged_with_one_over_IPv4()
    {
        await using var engine = new MediaEngine([IPAddress.Loopback, IPAddress.IPv6Loopback], FreePorts.Range(20), TimeProvider.System, NullLogger.Instance);
        using var caller = new Phone(engine.CreateLeg(AddressFamily.InterNetworkV6), address: IPAddress.IPv6Loopback);
        using var agent = new Phone(engine.CreateLeg(AddressFamily.InterNetwork));

        caller.Leg.Bridge(agent.Leg);
        caller.Send(payload: [1, 2]);
        agent.Hear().Payload.ShouldBe([1, 2]);
        agent.Send(payload: [3, 4]);
        caller.Hear().Payload.ShouldBe([3, 4]);
    }

    [Theory]
    [InlineData("c=IN IP6 ::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", AddressFamily.InterNetworkV6)]
    [InlineData("c=IN IP6 ::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n", AddressFamily.InterNetwork)]
    [InlineData("c=IN IP6 phone.example.com\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", AddressFamily.InterNetwork)]
    [InlineData("nonsense", AddressFamily.InterNetwork)]
    public async Task A_leg_is_of_the_family_of_its_offers_address(string lines, AddressFamily family)
    {
        await using var engine = new MediaEngine([IPAddress.Loopback, IPAddress.IPv6Loopback], FreePorts.Range(20), TimeProvider.System, NullLogger.Instance);
        var offer = System.Text.Encoding.ASCII.GetBytes($"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n{lines}");

        engine.FamilyFor(offer, otherwise: AddressFamily.InterNetwork).ShouldBe(family);
    }

    [Fact]
    public async Task Calls_over_IPv6_are_played_to_and_bridged()
    {
        await using var engine = Create(IPAddress.IPv6Loopback, FreePorts.Range(20));
        using var caller = new Phone(engine.CreateLeg(), address: IPAddress.IPv6Loopback);
        using var agent = new Phone(engine.CreateLeg(), address: IPAddress.IPv6Loopback);
        caller.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        caller.Hear();
        caller.Leg.Bridge(agent.Leg);
        caller.Send(payload: [1, 2]);
        agent.Hear().Payload.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task An_engine_on_all_addresses_names_one_of_them_in_SDP()
    {
        await using var engine = Create(IPAddress.Any, FreePorts.Range(20));
        var connection = engine.CreateLeg().CreateOffer().Split("\r\n").First(l => l.StartsWith("c=IN IP4 ", StringComparison.Ordinal));
        var named = IPAddress.Parse(connection["c=IN IP4 ".Length..]);
        named.ShouldNotBe(IPAddress.Any);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(named, 0));
    }

    [Fact]
    public async Task Two_legs_that_offer_and_answer_each_other_carry_audio_before_and_after_the_answer()
    {
        await using var engine = Create(IPAddress.Loopback, FreePorts.Range(20));
        var offerer = engine.CreateLeg();
        var answerer = engine.CreateLeg();
        answerer.TryCreateAnswer(Encoding.UTF8.GetBytes(offerer.CreateOffer()), out var answer, out _).ShouldBeTrue();
        answerer.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        await Until(() => offerer.Statistics.PacketsReceived > 2);
        offerer.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out var error).ShouldBeTrue(error);
        offerer.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        await Until(() => answerer.Statistics.PacketsReceived > 2);
        offerer.Statistics.PacketsDiscarded.ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_offer_leaves_the_session_as_it_was()
    {
        await using var engine = Create(IPAddress.Loopback, FreePorts.Range(20));
        using var phone = new Phone(engine.CreateLeg());
        phone.Leg.TryCreateAnswer("v=0\r\n"u8, out var answer, out var error).ShouldBeFalse();
        answer.ShouldBeEmpty();
        error.ShouldNotBeNull();
        phone.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        phone.Hear();
    }

    private static MediaEngine Create(IPAddress bind, PortRange ports) => new(bind, ports, TimeProvider.System, NullLogger.Instance);

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
