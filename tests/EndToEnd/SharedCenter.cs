using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>One running center for all tests that leave it as they found it: nobody signed in, nobody waiting.</summary>
public sealed class SharedCenter : IAsyncLifetime
{
    private CenterClient? _client;

    internal ServerProcess Server { get; } = new();

    internal CenterClient Client => _client ?? throw new InvalidOperationException("The center has not been started.");

    public async Task InitializeAsync()
    {
        await Server.StartAsync();
        _client = await CenterClient.ConnectAsync(Server);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedCenterCollection : ICollectionFixture<SharedCenter>
{
    public const string Name = "shared center";
}
