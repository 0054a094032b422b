using System.Net;
using System.Net.Sockets;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>What keeps a server from starting is said in one line that names it, and the exit code is 1.</summary>
public sealed class StartupTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    [Theory]
    [InlineData("CALLCENTER_HTTP_PORT", "eighty")]
    [InlineData("CALLCENTER_SIP_PORT", "65536")]
    [InlineData("CALLCENTER_RTP_PORTS", "29999-20000")]
    [InlineData("CALLCENTER_BIND", "localhost")]
    [InlineData("CALLCENTER_SAMPLE", "perhaps")]
    public async Task A_bad_knob_is_named_with_its_value(string name, string value) => await ShouldNotStartAsync([$"{name} must be", $"not \"{value}\""], (name, value));

    [Fact]
    public async Task A_used_port_is_named()
    {
        using (var http = new TcpListener(IPAddress.Loopback, _server.HttpPort))
        {
            http.Start();
            await ShouldNotStartAsync([$"TCP port {_server.HttpPort} on 127.0.0.1 is in use", "CALLCENTER_HTTP_PORT"]);
        }

        using (new UdpClient(_server.Sip))
        {
            await ShouldNotStartAsync([$"port {_server.Sip.Port} on 127.0.0.1 is in use", "CALLCENTER_SIP_PORT"]);
        }

        _server.PostgresProcessId.ShouldBeNull("it stops what it had started");
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_told_of_the_first_which_goes_on()
    {
        await _server.StartAsync();

        await ShouldNotStartAsync(
            ["Another CallCenter server is running"], ("CALLCENTER_HTTP_PORT", $"{FreePorts.Tcp()}"), ("CALLCENTER_SIP_PORT", $"{FreePorts.Udp()}"));

        using var center = await CenterClient.ConnectAsync(_server);
        (await center.AgentsAsync()).Count.ShouldBe(10);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private async Task ShouldNotStartAsync(IEnumerable<string> said, params (string Name, string Value)[] knobs)
    {
        var result = await _server.RunAsync([], knobs);
        result.ExitCode.ShouldBe(1, result.Output);
        foreach (var text in said)
        {
            result.Output.ShouldContain(text);
        }
    }
}
