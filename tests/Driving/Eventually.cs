using System.Diagnostics;

namespace CallCenter.Driving;

/// <summary>Waits for a condition of the running system; fails with what was seen last when it does not come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static (string Message, DateTimeOffset At) _lastFailure;

    /// <summary>Reads until what is read is as wanted, and gives it.</summary>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, string what)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = await read();
            if (wanted(seen))
            {
                return seen;
            }

            if (clock.Elapsed > Deadline)
            {
                throw Failure($"Not within {Deadline.TotalSeconds} s: {what}. Seen last: {Show(seen)}");
            }

            await Task.Delay(Interval);
        }
    }

    public static Task<T> BecomesAsync<T>(Func<T> read, Func<T, bool> wanted, string what) => BecomesAsync(() => Task.FromResult(read()), wanted, what);

    /// <summary>What is waited for while a failed test is cleared away would hide what made it fail: tells of both.</summary>
    private static TimeoutException Failure(string message)
    {
        var (before, at) = _lastFailure;
        _lastFailure = (message, DateTimeOffset.UtcNow);
        return new TimeoutException(DateTimeOffset.UtcNow - at < 2 * Deadline ? $"{message} (Shortly before: {before})" : message);
    }

    private static string Show<T>(T seen) => seen is System.Collections.IEnumerable and not string ? string.Join("; ", ((System.Collections.IEnumerable)seen).Cast<object?>()) : $"{seen}";
}
