using System.Runtime.CompilerServices;
using CallCenter.Conformance.Tests.Phones;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.JsSip;

/// <summary>JsSIP over WebSocket (RFC 7118): its own signalling in Node; media is a canned description that names an ear outside of it.</summary>
public sealed class JsSipTests(Md5Center shared) : IClassFixture<Md5Center>
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("49503001", "Caller")]
    [InlineData("49503002", "Agent")]
    public async Task It_registers_takes_a_call_and_either_side_hangs_up(string number, string endedBy)
    {
        await using var callersPhone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var agentsPhone = new AudioProbe(G711.Pcmu, AgentsTone);
        using var browser = Start("2001", _center.PasswordOf("2001"), agentsPhone.Port);
        try
        {
            await browser.WritesAsync("registered");
            await _center.StatusBecomesAsync("AVAILABLE", "2001");
            await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [number], callersPhone.Port);

            await browser.WritesAsync($"incoming {number}");
            await browser.WritesAsync("confirmed");
            var call = await _center.CallBecomesAsync(number, "CONNECTED");
            await Task.WhenAll(callersPhone.HearsToneAsync(AgentsTone), agentsPhone.HearsToneAsync(CallersTone));
            await (endedBy == "Caller" ? CenterClient.TellToHangUpAsync(calling, call) : browser.TypeAsync("hangup"));

            await calling.ShouldSucceedAsync();
            await browser.WritesAsync(endedBy == "Caller" ? "ended by remote" : "ended by local");
            call = await _center.CallBecomesAsync(number, "ENDED");
            (call.Outcome, call.EndedBy).ShouldBe(("HANDLED", endedBy));

            await browser.StopAsync("quit");
            await _center.StatusBecomesAsync("SIGNED_OUT", "2001");
        }
        finally
        {
            await browser.StopAsync("quit");
        }
    }

    [Fact]
    public async Task A_page_with_a_wrong_password_is_not_registered()
    {
        using var browser = Start("2002", "wrong", FreePorts.Udp());
        await browser.WritesAsync("registration failed");
        await browser.StopAsync("quit");
        (await _center.AgentsAsync()).Single(a => a.Extension == "2002").Status.ShouldBe("SIGNED_OUT");
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private PhoneProcess Start(string extension, string password, int audioPort) => new(
        "node", _ => [Path.Combine(Here(), "phone.mjs"), $"{shared.Server.WebSocketAddress}", $"sip:{extension}@{shared.Server.Sip.Address}", password, $"{audioPort}"]);
}
