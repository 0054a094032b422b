using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

[Collection(SharedCenterCollection.Name)]
public sealed class BadInputTests(SharedCenter shared)
{
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task A_request_without_what_it_must_have_gets_400()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var answer = await AskAsync(phone, Request("OPTIONS", phone).Replace("CSeq: 1 OPTIONS\r\n", "CSeq: one OPTIONS\r\n", StringComparison.Ordinal), "SIP/2.0 400 ");
        answer.ShouldContain("CSeq");
    }

    [Fact]
    public async Task Malformed_datagrams_do_the_server_no_harm()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var torture = Directory.GetFiles(Path.Combine(Here(), "..", "Conformance", "torture", "rfc4475"), "*.dat").Select(File.ReadAllBytes).ToList();
        torture.Count.ShouldBeGreaterThan(40);
        var noise = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[noise.Next(0, 2_000)];
            noise.NextBytes(bytes);
            torture.Add(bytes);
            torture.Add(Damage(torture[i % 40], noise));
        }

        // In handfuls with a proof of life after each: a flood would only fill the socket's buffer.
        foreach (var handful in torture.Chunk(20))
        {
            foreach (var datagram in handful)
            {
                await phone.SendAsync(datagram, shared.Server.Sip);
            }

            await AskAsync(phone, Request("OPTIONS", phone), "SIP/2.0 200 ");
        }

        (await _center.AgentsAsync()).ShouldAllBe(a => a.Status == "SIGNED_OUT");
    }

    [Fact]
    public async Task A_syntax_error_in_GraphQL_names_line_and_column()
    {
        var errors = (await _center.GraphQL.AnswerAsync("{\n  queues {\n    name name: }\n}")).GetProperty("errors");
        var location = errors[0].GetProperty("locations")[0];
        (location.GetProperty("line").GetInt32(), location.GetProperty("column").GetInt32()).ShouldBe((3, 16));
        errors[0].GetProperty("message").GetString().ShouldStartWith("Syntax Error");
    }

    [Fact]
    public async Task A_wrong_password_gives_an_error_and_no_token_and_without_one_nothing_is_told()
    {
        using var stranger = new GraphQLClient(shared.Server.GraphQLAddress);
        var payload = (await stranger.AskAsync("mutation { signIn(userName: \"admin\", password: \"guess\") { token errors { code message } } }")).GetProperty("signIn");
        payload.GetProperty("token").GetString().ShouldBeNull();
        payload.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()).ShouldBe(["INVALID_CREDENTIALS"]);

        var refused = await stranger.AnswerAsync("{ calls { totalCount } }");
        refused.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString().ShouldBe("UNAUTHENTICATED");
    }

    private static byte[] Damage(byte[] datagram, Random noise)
    {
        var damaged = datagram[..noise.Next(1, datagram.Length)];
        damaged[noise.Next(damaged.Length)] = (byte)noise.Next(256);
        return damaged;
    }

    private static string Request(string method, UdpClient phone) => $"""
        {method} sip:127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP {phone.Client.LocalEndPoint};branch=z9hG4bK{Guid.NewGuid():N}
        Max-Forwards: 70
        From: <sip:test@127.0.0.1>;tag=1
        To: <sip:127.0.0.1>
        Call-ID: {Guid.NewGuid():N}
        CSeq: 1 {method}
        Content-Length: 0


        """.ReplaceLineEndings("\r\n");

    // Sends once and reads until the answer to this very request comes; answers to others pass by.
    private async Task<string> AskAsync(UdpClient phone, string request, string wanted)
    {
        var callId = request.Split("\r\n").Single(l => l.StartsWith("Call-ID:", StringComparison.Ordinal));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await phone.SendAsync(Encoding.ASCII.GetBytes(request), shared.Server.Sip, limit.Token);
        while (true)
        {
            var answer = Encoding.Latin1.GetString((await phone.ReceiveAsync(limit.Token)).Buffer);
            if (answer.Contains(callId, StringComparison.Ordinal))
            {
                answer.ShouldStartWith(wanted);
                return answer;
            }
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
