using System.Net;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Tests.Rtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>An engine on the loopback address for one test.</summary>
public abstract class MediaEngineFixture : IAsyncLifetime
{
    private protected MediaEngine Engine { get; } = new(IPAddress.Loopback, FreePorts.Range(40), TimeProvider.System, NullLogger.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    private protected Phone Connect(string formats = "0", string attributes = "") => new(Engine.CreateLeg(), formats, attributes);

    private protected static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
