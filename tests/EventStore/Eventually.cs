using System.Diagnostics;

namespace CallCenter.EventStore.Tests;

/// <summary>Waits for a condition that other tasks or processes bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(limit ?? Limit, what);
            await Task.Delay(10);
        }
    }
}
