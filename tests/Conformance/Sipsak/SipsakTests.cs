using System.Diagnostics;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Sipsak;

/// <summary>sipsak: pings, traces, registers, floods, and sends damaged requests.</summary>
public sealed class SipsakTests(SharedCenter shared) : IClassFixture<SharedCenter>
{
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task Pings_are_answered_and_a_trace_ends_here()
    {
        (await RunAsync("-v")).ShouldContain("200 OK");
        var trace = await RunAsync("-T", "-v");
        trace.ShouldContain("483 Too Many Hops");
        trace.ShouldContain("200 OK");
    }

    [Fact]
    public async Task A_phone_is_registered_with_digest_and_all_its_bindings_are_taken_back()
    {
        await RegisterAsync("2003", _center.PasswordOf("2003"), "sip:2003@127.0.0.1:9", "60", expected: 0);
        await _center.StatusBecomesAsync("AVAILABLE", "2003");
        await RegisterAsync("2003", _center.PasswordOf("2003"), "*", "0", expected: 0);
        await _center.StatusBecomesAsync("SIGNED_OUT", "2003");

        await RegisterAsync("2003", "wrong", "sip:2003@127.0.0.1:9", "60", expected: 2);
    }

    [Fact]
    public async Task Many_registrations_at_once_are_all_taken()
    {
        var extensions = Enumerable.Range(2001, 10).Select(e => $"{e}").ToList();
        for (var round = 0; round < 3; round++)
        {
            var contact = 9 + round;
            await Task.WhenAll(extensions.Select(e => RegisterAsync(e, _center.PasswordOf(e), $"sip:{e}@127.0.0.1:{contact}", "60", expected: 0)));
        }

        await _center.StatusBecomesAsync("AVAILABLE", extensions);
        await Task.WhenAll(extensions.Select(e => RegisterAsync(e, _center.PasswordOf(e), "*", "0", expected: 0)));
        await _center.StatusBecomesAsync("SIGNED_OUT", extensions);
    }

    [Fact]
    public async Task After_a_flood_and_damaged_requests_pings_are_answered_as_before()
    {
        await RunAsync("-F", "-e", "5000");
        (await RunAsync("-v")).ShouldContain("200 OK");

        // Its exit code tells whether some damage went unanswered, which is right for what is no request any more.
        var damaged = await RunAsync(expected: null, "-R", "-t", "40", "-v");
        damaged.ShouldContain("OPTIONS");
        (await RunAsync("-v")).ShouldContain("200 OK");
    }

    private static async Task<string> StartAsync(int? expected, IReadOnlyList<string> arguments)
    {
        using var sipsak = Process.Start(new ProcessStartInfo("sipsak", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = sipsak.StandardError.ReadToEndAsync();
        var output = await sipsak.StandardOutput.ReadToEndAsync() + await errors;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await sipsak.WaitForExitAsync(limit.Token);
        if (expected is not null)
        {
            sipsak.ExitCode.ShouldBe(expected.Value, $"sipsak {string.Join(' ', arguments)}\n{output}");
        }

        return output;
    }

    // The port apart: sipsak cuts the last digit off one of five in a URI.
    private Task<string> RunAsync(params string[] arguments) => RunAsync(expected: 0, arguments);

    private Task<string> RunAsync(int? expected, params string[] arguments) =>
        StartAsync(expected, [.. arguments, "-s", $"sip:{CenterClient.Support}@{shared.Server.Sip.Address}", "-r", $"{shared.Server.Sip.Port}"]);

    // The user apart as well: it would name "2003@" in its credentials.
    private Task<string> RegisterAsync(string extension, string password, string contact, string expires, int expected) => StartAsync(
        expected, ["-U", "-s", $"sip:{extension}@{shared.Server.Sip.Address}", "-r", $"{shared.Server.Sip.Port}", "-u", extension, "-a", password, "-C", contact, "-x", expires]);
}
