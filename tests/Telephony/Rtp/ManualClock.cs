namespace CallCenter.Telephony.Tests.Rtp;

/// <summary>A monotonic clock that moves when told to.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _now = 1_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);

    public void AdvanceMilliseconds(double by) => Advance(TimeSpan.FromMilliseconds(by));
}
