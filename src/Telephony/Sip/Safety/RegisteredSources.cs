using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// The addresses that phones are registered from, or were within a day. Anyone can forge such an address over UDP, so what comes from there is never reason enough to block it.
/// Changes on the loop; may be asked from any thread.
/// </summary>
internal sealed class RegisteredSources(TimeProvider time)
{
    private const int RememberedAtMost = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<SourceKey, int> _live = new();
    private readonly ConcurrentDictionary<SourceKey, DateTimeOffset> _former = new();

    public bool Contains(SourceKey source) => _live.ContainsKey(source) || (_former.TryGetValue(source, out var until) && time.GetUtcNow() < until);

    /// <summary>Takes note of an extension's new bindings.</summary>
    public void Replace(ImmutableArray<Registration> before, ImmutableArray<Registration> after)
    {
        foreach (var binding in after)
        {
            var source = SourceKey.Of(binding.Source.Remote.Address);
            _live[source] = _live.GetValueOrDefault(source) + 1;
        }

        foreach (var binding in before)
        {
            var source = SourceKey.Of(binding.Source.Remote.Address);
            var left = _live.GetValueOrDefault(source) - 1;
            if (left > 0)
            {
                _live[source] = left;
            }
            else
            {
                _live.TryRemove(source, out _);
                Remember(source);
            }
        }
    }

    private void Remember(SourceKey source)
    {
        var now = time.GetUtcNow();
        if (_former.Count >= RememberedAtMost)
        {
            foreach (var (key, until) in _former)
            {
                if (until <= now)
                {
                    _former.TryRemove(key, out _);
                }
            }
        }

        if (_former.Count < RememberedAtMost)
        {
            _former[source] = now + Remembered;
        }
    }
}
