using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>
/// Takes each key once, also from a phone that sends it in two ways: within a burst of keys, one that comes by a way counts only when it is further than what came by the others.
/// </summary>
internal sealed class KeyPresses
{
    /// <summary>What the slower way brings comes sooner than this after the last key.</summary>
    private static readonly TimeSpan EndOfBurst = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<DtmfMethod, int> _byMethod = [];
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;
    private int _taken;

    /// <summary>Whether a key that came is a new one.</summary>
    public bool IsNew(DtmfMethod method, DateTimeOffset at)
    {
        if (at - _lastAt > EndOfBurst)
        {
            _byMethod.Clear();
            _taken = 0;
        }

        _lastAt = at;
        var count = _byMethod.GetValueOrDefault(method) + 1;
        _byMethod[method] = count;
        if (count <= _taken)
        {
            return false;
        }

        _taken = count;
        return true;
    }
}
