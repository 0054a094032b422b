using System.Net;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Tests.Rtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>An engine whose clock the test moves, 20 ms at a time, after what the phones say has arrived: real sockets, no dependence on real time.</summary>
internal sealed class LockStep : IAsyncDisposable
{
    public LockStep() => Engine = new MediaEngine(IPAddress.Loopback, FreePorts.Range(40), Clock, NullLogger.Instance);

    public ManualClock Clock { get; } = new();

    public MediaEngine Engine { get; }

    public Phone Connect(int payloadType = Phone.Pcmu) => new(Engine.CreateLeg(), $"{payloadType}");

    /// <summary>Lets the phones talk at once, from where their audio begins to where it ends; then the clock has moved on by as much.</summary>
    public void Talk(params ReadOnlySpan<(Phone Phone, short[] Audio)> talkers)
    {
        var length = 0;
        foreach (var (_, audio) in talkers)
        {
            length = Math.Max(length, audio.Length);
        }

        for (var at = 0; at + 160 <= length; at += 160)
        {
            foreach (var (phone, audio) in talkers)
            {
                if (at + 160 <= audio.Length)
                {
                    var before = phone.Leg.Statistics.PacketsReceived;
                    phone.Say(audio.AsSpan(at, 160));
                    SpinWait.SpinUntil(() => phone.Leg.Statistics.PacketsReceived > before, TimeSpan.FromSeconds(20)).ShouldBeTrue();
                }
            }

            Clock.AdvanceMilliseconds(20);
        }
    }

    /// <summary>Lets the phones talk at once, and gives what each hears at the same time.</summary>
    public short[][] Converse(params (Phone Phone, short[] Audio)[] talkers)
    {
        var heard = Array.ConvertAll(talkers, _ => new List<short>());
        for (var at = 0; at + 160 <= talkers[0].Audio.Length; at += 160)
        {
            Talk(Array.ConvertAll(talkers, t => (t.Phone, t.Audio[at..(at + 160)])));
            for (var i = 0; i < talkers.Length; i++)
            {
                // The player starts its clock when there is something to pace, which may be after this step of it.
                while (!SpinWait.SpinUntil(() => !talkers[i].Phone.HearsNothing(), TimeSpan.FromMilliseconds(500)))
                {
                    Clock.AdvanceMilliseconds(20);
                }

                heard[i].AddRange(talkers[i].Phone.Listen());
            }
        }

        return Array.ConvertAll(heard, h => h.ToArray());
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
