using System.Text;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Our answers to challenges, held against our own challenges and the RFC's example.</summary>
public sealed class DigestClientTests
{
    private readonly DigestAuthenticator _server = new(AgentBench.Realm, [DigestAlgorithm.Md5, DigestAlgorithm.Sha256], new TestAccounts(TestAccounts.Account("2001", "se\"cret")), new ManualTime());

    [Fact]
    public void What_we_answer_is_what_we_would_take_and_the_next_request_counts_on()
    {
        var client = new DigestClient("2001", "se\"cret");
        _server.TryAuthenticate(Request(), "2001", "tag", source: null, out var challenge).ShouldBeFalse();
        client.TryTake(challenge!).ShouldBeTrue();
        for (var count = 1; count <= 2; count++)
        {
            var request = Request();
            client.BeginRequest();
            client.Authorize(request.Headers, request.Method, request.Uri);
            request.Headers[HeaderName.Authorization].ShouldNotBeNull().ShouldContain("algorithm=SHA-256");
            _server.TryAuthenticate(request, "2001", "tag", source: null, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_second_refusal_of_one_request_is_final_but_the_next_request_may_try_again()
    {
        var client = new DigestClient("2001", "wrong");
        _server.TryAuthenticate(Request(), "2001", "tag", source: null, out var challenge);
        client.TryTake(challenge!).ShouldBeTrue();
        client.TryTake(challenge!).ShouldBeFalse();
        client.BeginRequest();
        client.TryTake(challenge!).ShouldBeTrue();
    }

    [Fact]
    public void A_server_without_qop_gets_the_response_of_its_time()
    {
        var client = new DigestClient("2001", "secret");
        var challenge = SipResponse.For(Request(), 401, "Unauthorized", "tag");
        challenge.Headers.Add(HeaderName.WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"");
        client.TryTake(challenge).ShouldBeTrue();
        var request = Request();
        client.Authorize(request.Headers, request.Method, request.Uri);

        var ha1 = DigestAuthenticator.Hash(DigestAlgorithm.Md5, "2001:r:secret");
        var ha2 = DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"REGISTER:{request.Uri}");
        request.Headers[HeaderName.Authorization].ShouldBe(
            $"Digest username=\"2001\", realm=\"r\", nonce=\"n\", uri=\"{request.Uri}\", response=\"{DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"{ha1}:n:{ha2}")}\", algorithm=MD5");
    }

    // RFC 7616 section 3.9.1.
    [Theory]
    [InlineData(DigestAlgorithm.Md5, "MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_RFCs_example_comes_out(DigestAlgorithm algorithm, string name, string response)
    {
        var credentials = new DigestCredentials(
            "Mufasa", "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html", "", name, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", "00000001");
        DigestAuthenticator.Expected(algorithm, DigestAuthenticator.Hash(algorithm, "Mufasa:http-auth@example.org:Circle of Life"), "GET", credentials).ShouldBe(response);
    }

    [Theory]
    [InlineData("Basic realm=\"r\"")]
    [InlineData("Digest")]
    [InlineData("Digest realm=\"r\"")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"")]
    [InlineData("Digest realm=\"r\", nonce=\"n")]
    [InlineData("Digest realm=\"r\", nonce=\"n\" x")]
    public void A_challenge_that_we_cannot_meet_is_none(string value) => DigestChallenge.TryParse(Encoding.UTF8.GetBytes(value)).ShouldBeNull();

    [Fact]
    public void No_bytes_make_the_parser_throw() => Prop.ForAll<byte[]>(bytes =>
    {
        DigestChallenge.TryParse(bytes);
        DigestChallenge.TryParse([.. "Digest realm=\"r\", nonce="u8, .. bytes]);
    }).QuickCheckThrowOnFailure();

    private static SipRequest Request()
    {
        SipMessage.TryParse(Encoding.UTF8.GetBytes(UserAgentTests.Request("REGISTER").ReplaceLineEndings("\r\n")), out var message, out _).ShouldBeTrue();
        return message.ShouldBeOfType<SipRequest>();
    }
}
