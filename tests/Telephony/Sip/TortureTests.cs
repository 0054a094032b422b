using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>
/// The 49 messages of RFC 4475, as files, and what becomes of each at a user agent that has no trunk to turn away and takes every call with 180.
/// The binary part of mpart01 is of the RFC's length but other bytes; everything else is as printed there.
/// </summary>
public sealed class TortureTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sip", "torture");

    public static TheoryData<string, string> Verdicts => new()
    {
        // 3.1.1 Valid messages
        { "wsinv", "481 INVITE" },            // well-formed, but its To has a tag of no dialog of ours
        { "intmeth", "501 !interesting-Method0123456789_*+`.%indeed'~" },
        { "esc01", "180 INVITE" },
        { "escnull", "401 REGISTER" },
        { "esc02", "501 RE%47IST%45R" },      // an escaped method is another method
        { "lwsdisp", "200 OPTIONS" },
        { "longreq", "180 INVITE" },
        { "dblreq", "401 REGISTER" },         // what follows the first message is not read
        { "semiuri", "200 OPTIONS" },
        { "transports", "200 OPTIONS" },
        { "mpart01", "405 MESSAGE" },
        { "unreason", "" },                   // a response that nothing waits for
        { "noreason", "" },

        // 3.1.2 Invalid messages
        { "badinv01", "400 INVITE" },
        { "clerr", "400 INVITE" },
        { "ncl", "400 INVITE" },
        { "scalar02", "400 REGISTER" },
        { "scalarlg", "" },                   // responses are dropped, never answered
        { "quotbal", "400 INVITE" },
        { "ltgtruri", "400 INVITE" },
        { "lwsruri", "400 INVITE" },
        { "lwsstart", "400 INVITE" },
        { "trws", "400 OPTIONS" },
        { "escruri", "400 INVITE" },
        { "baddate", "180 INVITE" },          // Date is not used, so its fault does not matter
        { "regbadct", "401 REGISTER" },       // nobody's contacts are read before the password is proved (see RegistrarTests)
        { "badaspec", "400 OPTIONS" },
        { "baddn", "400 OPTIONS" },
        { "badvers", "505 OPTIONS" },
        { "mismatch01", "400 INVITE" },
        { "mismatch02", "400 INVITE" },
        { "bigcode", "" },

        // 3.2 Transaction layer semantics
        { "badbranch", "200 OPTIONS" },

        // 3.3 Application layer semantics
        { "insuf", "" },                      // without From, To and Call-ID no response can be made
        { "unkscm", "416 OPTIONS" },
        { "novelsc", "416 OPTIONS" },
        { "unksm2", "416 REGISTER" },
        { "bext01", "420 OPTIONS" },
        { "invut", "415 INVITE" },
        { "regaut01", "401 REGISTER" },
        { "multi01", "400 INVITE" },
        { "mcl01", "400 OPTIONS" },
        { "bcast", "" },
        { "zeromf", "483 OPTIONS" },
        { "cparam01", "401 REGISTER" },
        { "cparam02", "401 REGISTER" },
        { "regescrt", "401 REGISTER" },
        { "sdp01", "406 INVITE" },

        // 3.4 Backward compatibility
        { "inv2543", "180 INVITE" },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task Each_message_gets_the_answer_that_the_RFC_wants(string name, string expected)
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(await File.ReadAllBytesAsync(Path.Combine(Folder, $"{name}.dat")));
        foreach (var invite in bench.Invites)
        {
            await bench.OnLoopAsync(() =>
            {
                Dialog.TryAccept(invite.Request, invite.Source, "tag", out var dialog, out var error).ShouldBeTrue(error);
                invite.Respond(bench.Agent.Messages.SessionResponse(invite, 180, "Ringing", dialog!.Id.LocalTag, sdp: null));
            });
        }

        string.Join(", ", bench.News()).ShouldBe(expected);
    }

    [Fact]
    public void Every_file_has_a_verdict() =>
        Directory.GetFiles(Folder, "*.dat").Select(Path.GetFileNameWithoutExtension).ShouldBe(Verdicts.Select(row => (string)row[0]), ignoreOrder: true);
}
