using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Tests.Rtp;
using CallCenter.Telephony.Tests.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>RTCP of a leg on a clock that the test moves, over real sockets.</summary>
public sealed class LegControlTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly MediaEngine _engine;
    private readonly Socket _rtcp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };

    public LegControlTests()
    {
        _engine = new MediaEngine(IPAddress.Loopback, FreePorts.Range(20), _time, NullLogger.Instance);
        _rtcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private string RtcpLine => $"a=rtcp:{((IPEndPoint)_rtcp.LocalEndPoint!).Port}\r\n";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _rtcp.Dispose();
    }

    [Fact]
    public async Task A_leg_reports_what_it_hears_within_seconds_and_takes_leave()
    {
        using var phone = new Phone(_engine.CreateLeg(), attributes: RtcpLine);
        phone.Send();
        phone.Send();
        await Until(() => phone.Leg.Statistics.PacketsReceived == 2);
        Pass(TimeSpan.FromSeconds(3));
        var first = Hear();
        first[1].ShouldBe(RtcpCompound.ReceiverReport, "nothing was sent yet");
        var report = ReceptionReport.Read(first.AsSpan(8));
        (report.FractionLost, report.Lost).ShouldBe(((byte)0, 0));

        phone.Leg.Dispose();
        var last = Hear();
        RtcpCompound.TryParse(last, 0, out var leave).ShouldBeTrue();
        leave.IsGoodbye.ShouldBeTrue();
    }

    [Fact]
    public async Task Round_trip_and_the_other_side_s_view_are_measured_and_make_the_estimate()
    {
        using var phone = new Phone(_engine.CreateLeg(), attributes: RtcpLine);
        using var other = new Phone(_engine.CreateLeg());
        phone.Leg.Bridge(other.Leg);
        for (var i = 0; i < 100; i++)
        {
            other.Send();
            phone.Hear();
        }

        // The first report, to the moment.
        Pass(TimeSpan.FromSeconds(2.5));
        var sender = Hear();
        sender[1].ShouldBe(RtcpCompound.SenderReport);
        var ours = BinaryPrimitives.ReadUInt32BigEndian(sender.AsSpan(4));
        BinaryPrimitives.ReadUInt32BigEndian(sender.AsSpan(20)).ShouldBe(100u);
        BinaryPrimitives.ReadUInt32BigEndian(sender.AsSpan(24)).ShouldBe(100u * 160);

        // The phone keeps our report for 1 s, and the way takes 100 ms.
        Pass(TimeSpan.FromMilliseconds(1100));
        var answer = new byte[RtcpReport.MaxLength];
        var length = new RtcpReport
        {
            Ssrc = 99, Name = "phone", Sent = new SenderInfo(1UL << 32, 0, 1, 1),
            Received = new ReceptionReport(ours, 10, 5, 100, Jitter: 80, BinaryPrimitives.ReadUInt32BigEndian(sender.AsSpan(10)), DelaySinceLastSenderReport: 65_536),
        }.Write(answer);
        _rtcp.SendTo(answer.AsSpan(0, length), new IPEndPoint(IPAddress.Loopback, phone.LegEndPoint.Port + 1));
        await Until(() => phone.Leg.Quality.RoundTrip is not null);

        var quality = phone.Leg.Quality;
        quality.RoundTrip!.Value.TotalMilliseconds.ShouldBe(100, 1);
        quality.RemotePacketsLost.ShouldBe(5);
        quality.RemoteJitter.ShouldBe(TimeSpan.FromMilliseconds(10));
        quality.RemoteMos!.Value.ShouldBeInRange(3.6, 4.0, "5 % lost");
        quality.Mos.ShouldBeNull("it has not spoken");
        other.Leg.Quality.Mos!.Value.ShouldBeInRange(4.2, 4.4);
        other.Leg.Quality.RemoteMos.ShouldBeNull();

        // Our next report tells of its sender report.
        Pass(TimeSpan.FromSeconds(8));
        Hear();
        phone.Leg.SilentFor.ShouldNotBeNull();
    }

    [Fact]
    public async Task Reports_share_the_port_of_audio_where_that_was_agreed_and_come_from_nobody_else()
    {
        using var phone = new Phone(_engine.CreateLeg(), attributes: "a=rtcp-mux\r\n");
        phone.Leg.SilentFor.ShouldBeNull();
        byte[] report = [0x80, 201, 0, 1, 0, 0, 0, 9];
        _rtcp.Dispose();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        stranger.SendTo(report, phone.LegEndPoint);
        phone.SendRaw([0x80, 201, 0, 9, 0, 0, 0, 9]);
        phone.Send();
        await Until(() => phone.Leg.Statistics.PacketsReceived == 1);
        phone.Leg.Statistics.PacketsDiscarded.ShouldBe(0, "reports are no audio");
        Pass(TimeSpan.FromSeconds(10));
        phone.Leg.SilentFor.ShouldBe(TimeSpan.FromSeconds(10));
        phone.SendRaw(report);
        await Until(() => phone.Leg.SilentFor == TimeSpan.Zero);
    }

    [Fact]
    public async Task Pauses_are_counted_while_something_may_be_expected()
    {
        using var phone = new Phone(_engine.CreateLeg());
        await HeardAsync(1);
        Pass(TimeSpan.FromSeconds(5));
        phone.Leg.Quality.Silence.ShouldBe(TimeSpan.FromSeconds(5));
        await HeardAsync(2);
        Pass(TimeSpan.FromMilliseconds(500));
        await HeardAsync(3);
        phone.Offer("0", "a=inactive\r\n");
        Pass(TimeSpan.FromSeconds(60));
        phone.Offer("0");
        phone.Leg.Quality.Silence.ShouldBe(TimeSpan.FromSeconds(5));

        async Task HeardAsync(int count)
        {
            phone.Send();
            await Until(() => phone.Leg.Statistics.PacketsReceived == count);
        }
    }

    private byte[] Hear()
    {
        var buffer = new byte[2048];
        return buffer[.._rtcp.Receive(buffer)];
    }

    /// <summary>Lets every timer on the way fire in its turn.</summary>
    private void Pass(TimeSpan time)
    {
        var end = _time.GetUtcNow() + time;
        while (_time.NextDue() is { } due && due <= end)
        {
            _time.SetNow(due);
        }

        _time.SetNow(end);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
