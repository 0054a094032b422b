namespace CallCenter.Driving;

/// <summary>One running center for all tests that leave it as they found it: nobody signed in, nobody waiting.</summary>
public class SharedCenter : IAsyncLifetime
{
    private CenterClient? _client;

    public SharedCenter()
        : this([])
    {
    }

    /// <param name="knobs">Environment variables of the server that this center wants otherwise.</param>
    protected SharedCenter(params IEnumerable<(string Name, string Value)> knobs) => Server = new ServerProcess(knobs);

    internal ServerProcess Server { get; }

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
