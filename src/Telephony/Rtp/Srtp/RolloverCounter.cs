namespace CallCenter.Telephony.Rtp;

/// <summary>Extends 16-bit sequence numbers to the 48-bit index of a packet (RFC 3711 section 3.3.1 and appendix A).</summary>
internal struct RolloverCounter
{
    private bool _started;
    private ulong _highest;

    /// <summary>Begins with a count that is known already, as after a change of keys.</summary>
    public static RolloverCounter At(ulong highest) => new() { _started = true, _highest = highest };

    /// <summary>The index nearest to the highest one so far.</summary>
    public readonly ulong Estimate(ushort sequence)
    {
        if (!_started)
        {
            return sequence;
        }

        var cycles = (long)(_highest >> 16);
        var ahead = sequence - (int)(ushort)_highest;
        cycles += ahead switch
        {
            < -0x8000 => 1,
            > 0x8000 when cycles > 0 => -1,
            _ => 0,
        };
        return ((ulong)cycles << 16) | sequence;
    }

    /// <summary>Takes the index of a packet that is genuine.</summary>
    public void Take(ulong index)
    {
        if (!_started || index > _highest)
        {
            _started = true;
            _highest = index;
        }
    }
}
