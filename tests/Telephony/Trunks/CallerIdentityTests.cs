using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Who calls, from a trusted trunk and from anybody else (RFC 3325, RFC 3323, RFC 5806, RFC 7044).</summary>
public sealed class CallerIdentityTests
{
    [Theory]
    [InlineData("", "4711", "Ann", null)]
    [InlineData("P-Asserted-Identity: \"Bea\" <sip:+4930@provider.example>", "+4930", "Bea", null)]
    [InlineData("P-Asserted-Identity: tel:+4930;phone-context=x, <sip:b@example>", "+4930", null, null)]
    [InlineData("P-Asserted-Identity: <sip:unclosed", "4711", "Ann", null)]
    [InlineData("P-Asserted-Identity: <sip:+4930@provider.example>\nPrivacy: id", "", null, null)]
    [InlineData("P-Asserted-Identity: <sip:+4930@provider.example>\nPrivacy: critical; Header", "", null, null)]
    [InlineData("P-Asserted-Identity: <sip:+4930@provider.example>\nPrivacy: none", "+4930", null, null)]
    [InlineData("P-Asserted-Identity: <sip:anonymous@anonymous.invalid>", "", null, null)]
    [InlineData("Remote-Party-ID: <sip:+4930@provider.example>", "4711", "Ann", null)]
    [InlineData("Diversion: <sip:second@example>;reason=no-answer\nDiversion: <sip:first@example>;reason=unconditional", "4711", "Ann", "first")]
    [InlineData("Diversion: <sip:second@example>;reason=no-answer, <tel:+493099>;reason=user-busy;counter=1", "4711", "Ann", "+493099")]
    [InlineData("Diversion: <sip:first@example>;privacy=full", "4711", "Ann", null)]
    [InlineData("Diversion: <sip:first@example>;privacy=\"off\"", "4711", "Ann", "first")]
    [InlineData("History-Info: <sip:bob@example?Reason=SIP%3Bcause%3D302>;index=1, <sip:center@example>;index=1.1;mp=1", "4711", "Ann", "bob")]
    [InlineData("History-Info: <sip:proxy@example>;index=1, <sip:bob@example>;index=1.1;rc=1, <sip:center@example;cause=486>;index=1.1.1", "4711", "Ann", "bob")]
    [InlineData("History-Info: <sip:center@example>;index=1, <sip:center@192.0.2.9>;index=1.1;rc=1", "4711", "Ann", null)]
    [InlineData("History-Info: <sip:bob@example?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1, <sip:center@example>;index=1.1", "4711", "Ann", null)]
    [InlineData("History-Info: <sip:bob@example?Reason=SIP%3Bcause%3D>;index=1, <sip:center@example>;index=1.1", "4711", "Ann", null)]
    public void A_trusted_trunk_is_believed(string headers, string number, string? displayName, string? redirectedFrom) =>
        CallerIdentity.Of(Invite(headers), isTrusted: true).ShouldBe(new CallerIdentity(number, displayName, redirectedFrom));

    [Fact]
    public void Anybody_else_is_what_its_From_says() =>
        CallerIdentity.Of(Invite("P-Asserted-Identity: <sip:+4930@provider.example>\nPrivacy: id\nDiversion: <sip:first@example>"), isTrusted: false).ShouldBe(new CallerIdentity("4711", "Ann", null));

    private static SipRequest Invite(string headers)
    {
        var text = $"""
            INVITE sip:1000@192.0.2.100 SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
            From: "Ann" <sip:4711@192.0.2.1>;tag=1
            To: <sip:1000@192.0.2.100>
            Call-ID: 1
            CSeq: 1 INVITE
            {(headers.Length == 0 ? "" : headers + "\n")}Content-Length: 0


            """;
        SipMessage.TryParse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), out var message, out var error).ShouldBeTrue(error?.ToString());
        return message.ShouldBeOfType<SipRequest>();
    }
}
