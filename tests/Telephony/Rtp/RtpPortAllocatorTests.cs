using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Tests.Rtp;

public sealed class RtpPortAllocatorTests
{
    [Fact]
    public void Pairs_are_even_and_odd_inside_the_range_and_none_is_given_twice()
    {
        // 21 ports from an odd one to an odd one hold ten pairs.
        var free = FreePorts.Range(22);
        var allocator = new RtpPortAllocator(IPAddress.Loopback, new PortRange(free.First + 1, free.Last));
        var pairs = BindAll(allocator);
        try
        {
            pairs.Count.ShouldBe(10);
            pairs.Select(p => p.RtpPort).ShouldBeUnique();
            foreach (var pair in pairs)
            {
                pair.RtpPort.ShouldBeInRange(free.First + 2, free.Last - 1);
                (pair.RtpPort % 2).ShouldBe(0);
                ((IPEndPoint)pair.Rtcp.LocalEndPoint!).Port.ShouldBe(pair.RtpPort + 1);
            }
        }
        finally
        {
            pairs.ForEach(Close);
        }
    }

    [Fact]
    public void Two_allocators_share_one_range_as_two_processes_would()
    {
        var range = FreePorts.Range(20);
        var one = BindAll(new RtpPortAllocator(IPAddress.Loopback, range), 4);
        var other = BindAll(new RtpPortAllocator(IPAddress.Loopback, range));
        try
        {
            one.Select(p => p.RtpPort).Intersect(other.Select(p => p.RtpPort)).ShouldBeEmpty();
            (one.Count + other.Count).ShouldBe(10);
        }
        finally
        {
            one.ForEach(Close);
            other.ForEach(Close);
        }
    }

    [Fact]
    public void A_pair_whose_RTCP_port_is_taken_by_somebody_is_passed_over_and_its_RTP_port_left_free()
    {
        var range = FreePorts.Range(2);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, range.Last));
        new RtpPortAllocator(IPAddress.Loopback, range).TryBind().ShouldBeNull();
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, range.First));
    }

    [Fact]
    public void A_released_pair_is_given_again()
    {
        var allocator = new RtpPortAllocator(IPAddress.Loopback, FreePorts.Range(2));
        var pair = allocator.TryBind().ShouldNotBeNull();
        allocator.TryBind().ShouldBeNull();
        Close(pair);
        allocator.Release(pair);
        Close(allocator.TryBind().ShouldNotBeNull());
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(60_000, 65_536)]
    [InlineData(20_001, 20_002)]
    [InlineData(20_000, 20_000)]
    [InlineData(30_000, 20_000)]
    public void A_range_without_a_pair_is_refused_at_once(int first, int last) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RtpPortAllocator(IPAddress.Loopback, new PortRange(first, last)));

    private static List<RtpPortPair> BindAll(RtpPortAllocator allocator, int atMost = int.MaxValue)
    {
        var pairs = new List<RtpPortPair>();
        while (pairs.Count < atMost && allocator.TryBind() is { } pair)
        {
            pairs.Add(pair);
        }

        return pairs;
    }

    private static void Close(RtpPortPair pair)
    {
        pair.Rtp.Dispose();
        pair.Rtcp.Dispose();
    }
}
