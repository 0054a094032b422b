using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Loss;

/// <summary>Ten callers, each behind a relay of its own; the first five call Support, the others Sales.</summary>
internal sealed class Callers : IAsyncDisposable
{
    private const int Count = 10;

    private readonly List<Sipp> _phones = [];
    private readonly List<LossyRelay> _relays = [];
    private readonly List<string> _numbers = [];

    public IReadOnlyList<LossyRelay> Relays => _relays;

    public IReadOnlyList<string> Numbers => _numbers;

    /// <param name="shared">The center.</param>
    /// <param name="prefix">What the callers' numbers begin with.</param>
    /// <param name="scenario">What each phone does.</param>
    /// <param name="audioPort">Where all want to hear.</param>
    /// <param name="loses">Which datagram is lost, by the caller's number from 1.</param>
    public static Callers Call(SharedCenter shared, string prefix, string scenario, int audioPort, Func<int, int> loses)
    {
        var callers = new Callers();
        for (var n = 1; n <= Count; n++)
        {
            var number = $"{prefix}{n:D3}";
            var relay = new LossyRelay(shared.Server.Sip, loses(n));
            var phone = Sipp.Call(scenario, relay.EndPoint, n <= Count / 2 ? CenterClient.Support : CenterClient.Sales, [number], audioPort, detourPort: relay.Port);
            relay.Serve(phone);
            callers._relays.Add(relay);
            callers._phones.Add(phone);
            callers._numbers.Add(number);
        }

        return callers;
    }

    /// <summary>Tells every caller to hang up, once it knows what the server knows: that it is connected. Until then it would take the word for a stray request.</summary>
    public async Task HangUpAsync(IReadOnlyList<CallRecord> calls)
    {
        await Eventually.BecomesAsync(() => _relays.Count(relay => relay.Ladder.Contains("> ACK", StringComparison.Ordinal)), count => count == Count, "all callers have acknowledged");
        foreach (var (phone, number) in _phones.Zip(_numbers))
        {
            await CenterClient.TellToHangUpAsync(phone, calls.Single(c => c.From == number));
        }
    }

    public async Task ShouldSucceedAsync()
    {
        foreach (var (phone, relay) in _phones.Zip(_relays))
        {
            var result = await phone.ResultAsync();
            (result.ExitCode, result.Failed).ShouldBe((0, 0), $"{relay.Ladder}\n{result}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (phone, relay) in _phones.Zip(_relays))
        {
            await phone.DisposeAsync();
            await relay.DisposeAsync();
        }
    }
}
