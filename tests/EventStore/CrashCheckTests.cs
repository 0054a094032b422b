using CallCenter.EventStore.Crash;

namespace CallCenter.EventStore.Tests;

/// <summary>What the crash rounds look for, they find.</summary>
public sealed class CrashCheckTests
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly Guid First = Guid.NewGuid();
    private static readonly Guid Last = Guid.NewGuid();

    // The first request goes to both streams, the last to one of them.
    private readonly List<StoredEvent> _log = [At(1, One, 1, First, of: 3), At(2, One, 2, First, of: 3), At(4, Other, 1, First, of: 3), At(5, One, 3, Last, of: 1)];
    private readonly Dictionary<Guid, long> _acknowledged = new() { [First] = 4, [Last] = 5 };

    [Fact]
    public void A_sound_log_passes_and_what_was_not_acknowledged_is_counted()
    {
        LogCheck.Check(_log, _acknowledged).ShouldBe(0);
        LogCheck.Check(_log, new Dictionary<Guid, long> { [First] = 0 }).ShouldBe(1);
    }

    [Fact]
    public void An_acknowledged_request_that_is_gone_is_found()
    {
        _log.RemoveAt(3);

        Finding().ShouldContain("acknowledged requests are there");
    }

    [Fact]
    public void A_request_of_which_a_part_is_gone_is_found_though_nobody_acknowledged_it()
    {
        _log.RemoveAt(2);
        _acknowledged.Remove(First);

        Finding().ShouldContain("whole or absent");
    }

    [Fact]
    public void A_request_that_is_there_twice_is_found()
    {
        _log.Add(At(6, One, 4, Last, of: 1));

        Finding().ShouldContain("whole or absent");
    }

    [Fact]
    public void An_event_that_is_read_twice_is_found()
    {
        _log.Add(_log[3]);

        Finding().ShouldContain("once");
    }

    [Fact]
    public void A_gap_in_a_stream_is_found()
    {
        _log[3] = At(5, One, 4, Last, of: 1);

        Finding().ShouldContain("without a gap");
    }

    [Fact]
    public void A_request_that_lies_elsewhere_than_its_acknowledgement_said_is_found()
    {
        _acknowledged[Last] = 6;

        Finding().ShouldContain("where their acknowledgement said");
    }

    private string Finding() => Should.Throw<ShouldAssertException>(() => LogCheck.Check(_log, _acknowledged)).Message;

    private static StoredEvent At(long position, Guid stream, long version, Guid request, int of) =>
        new(Guid.NewGuid(), position, stream, "crash", version, "written", new Written(request, of, 1), DateTimeOffset.UnixEpoch, EventMetadata.None);
}
