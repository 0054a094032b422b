using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Tests.Rtp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class PacketQueueTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Packets_come_out_as_they_went_in_round_and_round_whatever_their_sizes()
    {
        var queue = new PacketQueue(_clock, 1024);
        var random = new Random(1);
        var waiting = new Queue<(uint Number, int Length, long Arrival)>();
        for (var i = 0u; i < 20_000; i++)
        {
            var length = random.Next(300);
            var dropped = queue.Dropped;
            Put(queue, i, length);
            if (queue.Dropped == dropped)
            {
                waiting.Enqueue((i, length, _clock.GetTimestamp()));
            }

            _clock.AdvanceMilliseconds(1);
            while (random.Next(3) > 0 && waiting.TryDequeue(out var expected))
            {
                queue.TryPeek(out var packet, out var payload).ShouldBeTrue();
                packet.ShouldBe(new QueuedPacket(expected.Arrival, 7, expected.Number, expected.Length, AudioEncoding.Pcma));
                payload.Length.ShouldBe(expected.Length);
                payload.ContainsAnyExcept((byte)expected.Number).ShouldBeFalse();
                queue.Advance();
            }
        }

        queue.TryPeek(out _, out _).ShouldBe(waiting.Count > 0);
    }

    [Fact]
    public void What_finds_no_place_is_dropped_and_counted_and_what_is_there_stays()
    {
        var queue = new PacketQueue(_clock, 512);
        for (var i = 0u; i < 10; i++)
        {
            Put(queue, i, 100);
        }

        queue.Dropped.ShouldBe(6);
        queue.TryPeek(out var first, out _).ShouldBeTrue();
        first.Timestamp.ShouldBe(0u);
        Put(queue, 10, 2000);
        queue.Dropped.ShouldBe(6);
    }

    [Fact]
    public async Task One_thread_puts_while_another_takes()
    {
        const uint Count = 200_000;
        var queue = new PacketQueue(_clock, 8192);
        var taking = Task.Run(() =>
        {
            var (taken, last) = (0L, -1L);
            while (last < Count - 1)
            {
                if (!queue.TryPeek(out var packet, out var payload))
                {
                    continue;
                }

                (packet.Timestamp > last && !payload.ContainsAnyExcept((byte)packet.Timestamp)).ShouldBeTrue();
                last = packet.Timestamp;
                taken++;
                queue.Advance();
            }

            return taken;
        });
        for (var i = 0u; i < Count; i++)
        {
            do
            {
                var dropped = queue.Dropped;
                Put(queue, i, (int)(i % 200));
                if (queue.Dropped == dropped)
                {
                    break;
                }
            }
            while (true);
        }

        (await taking.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(Count);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_packet_on_its_way_to_a_recording_a_mix_or_a_detector()
    {
        var queue = new PacketQueue(_clock, 8192);
        var jitter = new JitterBuffer(patience: 80);
        var digits = new InBandDtmf((_, _) => { });
        var frame = new short[160];
        var codes = new byte[160];
        foreach (var encoding in new[] { AudioEncoding.Pcmu, AudioEncoding.G722 })
        {
            var transcoder = new Transcoder();
            Turn(0, 100);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Turn(100, 10_000);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

            void Turn(int from, int count)
            {
                for (var i = from; i < from + count; i++)
                {
                    Random.Shared.NextBytes(codes);
                    var header = new RtpHeader { Marker = false, PayloadType = 0, SequenceNumber = (ushort)i, Timestamp = (uint)i * 160, Ssrc = (uint)encoding };
                    queue.OnAudio(codes, header, encoding);
                    digits.OnAudio(codes, header, encoding);
                    queue.TryPeek(out var packet, out var payload);
                    jitter.Put(packet, payload);
                    queue.Advance();
                    jitter.Read(frame);
                    transcoder.TryTranscode(encoding, AudioEncoding.Pcma, codes);
                }
            }
        }
    }

    private static void Put(PacketQueue queue, uint number, int length)
    {
        var payload = new byte[length];
        payload.AsSpan().Fill((byte)number);
        queue.OnAudio(payload, new RtpHeader { Marker = false, PayloadType = 8, SequenceNumber = (ushort)number, Timestamp = number, Ssrc = 7 }, AudioEncoding.Pcma);
    }
}
