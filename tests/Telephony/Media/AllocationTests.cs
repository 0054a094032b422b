using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>A garbage collection stops everybody's audio at once: the way of a packet makes no garbage.</summary>
public sealed class AllocationTests : MediaEngineFixture
{
    private const int Pairs = 10;
    private const int PacketsOfEach = 1_000;
    private const int WarmUp = 20;

    [Fact]
    public void Ten_thousand_packets_are_received_relayed_and_sent_without_allocating()
    {
        // Relayed as they are, from one law to the other, and to G.722.
        var callers = Enumerable.Range(0, Pairs).Select(_ => Connect()).ToArray();
        var agents = Enumerable.Range(0, Pairs).Select(i => Connect(i switch { 0 => "9", 1 => "8", _ => "0" })).ToArray();
        var gauges = Enumerable.Range(0, Pairs).Select(_ => new Gauge()).ToArray();
        for (var i = 0; i < Pairs; i++)
        {
            callers[i].Leg.AddTap(gauges[i]);
            callers[i].Leg.Bridge(agents[i].Leg);
        }

        var payload = Enumerable.Repeat((byte)0x55, 160).ToArray();
        for (var sent = 0; sent < PacketsOfEach + WarmUp; sent++)
        {
            Array.ForEach(callers, c => c.Send(payload: payload));
            Array.ForEach(agents, a => a.Hear());
        }

        // Two threads that meet at a lock for the first time may cost it its wait handle, once: far below a byte a packet.
        gauges.ShouldAllBe(g => g.Allocated >= 0 && g.Allocated < PacketsOfEach / 2);
        Array.ForEach(callers, c => c.Dispose());
        Array.ForEach(agents, a => a.Dispose());
    }

    /// <summary>Reads the allocation counter of the thread that it is called on, which receives, relays and sends for many legs and does nothing else.</summary>
    private sealed class Gauge : IAudioTap
    {
        private int _count;
        private long _before = long.MaxValue;
        private long _after;

        public long Allocated => Volatile.Read(ref _after) - Volatile.Read(ref _before);

        public void OnAudio(ReadOnlySpan<byte> payload, in RtpHeader header, AudioEncoding encoding)
        {
            _count++;
            if (_count == WarmUp)
            {
                Volatile.Write(ref _before, GC.GetAllocatedBytesForCurrentThread());
            }
            else if (_count == PacketsOfEach + WarmUp)
            {
                Volatile.Write(ref _after, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }
}
