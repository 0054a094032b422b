using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Loss;

/// <summary>Ten registered phones, each behind a relay of its own.</summary>
internal sealed class Floor : IAsyncDisposable
{
    private readonly List<Sipp> _phones = [];
    private readonly List<LossyRelay> _relays = [];
    private readonly List<Registration> _registrations = [];

    public IReadOnlyList<LossyRelay> Relays => _relays;

    /// <param name="shared">The center.</param>
    /// <param name="center">Its client.</param>
    /// <param name="extensions">Who takes calls, one each.</param>
    /// <param name="scenario">What each phone does.</param>
    /// <param name="audioPort">Where all want to hear.</param>
    /// <param name="loses">Which datagram is lost, by the phone's number.</param>
    /// <param name="firstLost">Number of the first phone.</param>
    public static async Task<Floor> OpenAsync(
        SharedCenter shared, CenterClient center, IReadOnlyList<string> extensions, string scenario, int audioPort, Func<int, int> loses, int firstLost)
    {
        var floor = new Floor();
        for (var i = 0; i < extensions.Count; i++)
        {
            var relay = new LossyRelay(shared.Server.Sip, loses(firstLost + i));
            var phone = Sipp.Take(scenario, calls: 1, audioPort, pause: TimeSpan.FromSeconds(1), detourPort: relay.Port);
            relay.Serve(phone);
            floor._relays.Add(relay);
            floor._phones.Add(phone);
            floor._registrations.Add(await center.RegisterAsync(relay.Port, extensions[i]));
        }

        return floor;
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
        await Task.WhenAll(_registrations.Select(r => r.DisposeAsync().AsTask()));
        foreach (var (phone, relay) in _phones.Zip(_relays))
        {
            await phone.DisposeAsync();
            await relay.DisposeAsync();
        }
    }
}
