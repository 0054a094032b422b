using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// How many messages of each source wait for the loop, so that a flood from one fills its own share of the queue and not everybody's. Sources that hash alike share a slot:
/// the table never grows, and the hash is seeded anew by each process. Safe for concurrent use.
/// </summary>
internal sealed class WaitingShares
{
    private const int Slots = 4_096;

    private readonly int[] _waiting = new int[Slots];

    /// <summary>Counts one more; false when the source has as many already.</summary>
    public bool TryEnter(IPAddress source, int most)
    {
        ref var slot = ref SlotOf(source);
        if (Interlocked.Increment(ref slot) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref slot);
        return false;
    }

    /// <summary>One that was counted waits no longer.</summary>
    public void Leave(IPAddress source) => Interlocked.Decrement(ref SlotOf(source));

    private ref int SlotOf(IPAddress source) => ref _waiting[HashCode.Combine(SourceKey.Of(source)) & (Slots - 1)];
}
