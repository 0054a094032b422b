using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip;

namespace CallCenter.Conformance.Tests;

/// <summary>Messages on disk, and what a user agent that has no trunk to turn away and takes every call with 180 says to them.</summary>
internal static class TortureMessages
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "torture");

    public static byte[] Read(string suite, string name) => File.ReadAllBytes(Path.Combine(Folder, suite, $"{name}.dat"));

    public static IEnumerable<string?> NamesIn(string suite) => Directory.GetFiles(Path.Combine(Folder, suite), "*.dat").Select(Path.GetFileNameWithoutExtension);

    /// <summary>Everything sent in answer to a datagram, as "180 INVITE"; empty for silence.</summary>
    public static async Task<string> AnswersAsync(byte[] datagram)
    {
        await using var bench = new AgentBench();
        await bench.ReceiveAsync(datagram);
        foreach (var invite in bench.Invites)
        {
            await bench.OnLoopAsync(() =>
            {
                Dialog.TryAccept(invite.Request, invite.Source, "tag", out var dialog, out var error).ShouldBeTrue(error);
                invite.Respond(bench.Agent.Messages.SessionResponse(invite, 180, "Ringing", dialog!.Id.LocalTag, sdp: null));
            });
        }

        return string.Join(", ", bench.News());
    }
}
