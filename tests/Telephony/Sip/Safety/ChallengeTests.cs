using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Safety;

/// <summary>Which algorithms a source is offered (RFC 8760 section 2.4, adr/0020).</summary>
public sealed class ChallengeTests
{
    private const string Contact = "Contact: <sip:2001@198.51.100.7>\n";

    [Fact]
    public async Task Who_comes_again_without_an_answer_is_offered_MD5_alone_until_it_proves_a_password_by_SHA_256()
    {
        await using var bench = new GuardBench();

        (await OfferedAsync(bench)).ShouldBe(["SHA-256", "MD5"]);
        (await OfferedAsync(bench)).ShouldBe(["MD5"]);
        (await OfferedAsync(bench)).ShouldBe(["MD5"]);

        (await bench.ProveAsync("REGISTER", "secret", extra: Contact)).ShouldBe(200);
        (await OfferedAsync(bench)).ShouldBe(["SHA-256", "MD5"]);
    }

    [Fact]
    public async Task A_wrong_answer_is_no_reason_to_offer_less()
    {
        await using var bench = new GuardBench();

        (await bench.ProveAsync("REGISTER", "wrong", extra: Contact)).ShouldBe(401);

        Algorithms((SipResponse)bench.Transport.Sent.Select(item => Parsed(item.Bytes)).Last()).ShouldBe(["SHA-256", "MD5"]);
    }

    private static async Task<string[]> OfferedAsync(GuardBench bench)
    {
        await bench.ReceiveAsync(bench.Request("REGISTER", extra: Contact));
        return Algorithms((SipResponse)bench.News().Last());
    }

    private static SipMessage Parsed(byte[] bytes)
    {
        SipMessage.TryParse(bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
        return message!;
    }

    private static string[] Algorithms(SipResponse challenge)
    {
        challenge.StatusCode.ShouldBe(401);
        return [.. challenge.Headers.All(HeaderName.WwwAuthenticate).Select(field => System.Text.Encoding.ASCII.GetString(field.Span).Split("algorithm=")[1].Split(',')[0])];
    }
}
