using System.Globalization;
using System.Net;
using System.Text;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Sip;

namespace CallCenter.Conformance.Tests;

/// <summary>
/// The 12 messages of RFC 5118 (IPv6), as files, and what becomes of each at a user agent that takes every call with 180.
/// Everything is as printed there, the lengths of the three bodies too, which no way of ending lines makes right: see <see cref="A_body_of_its_true_length_is_taken"/>.
/// </summary>
public sealed class Rfc5118Tests
{
    public static TheoryData<string, string> Verdicts => new()
    {
        { "ipv6-good", "401 REGISTER" },                    // 4.1 valid: a registrar goes on to its own rules, and ours challenges
        { "ipv6-bad", "400 REGISTER" },                     // 4.2 an address without brackets: "should respond with a 400"
        { "port-ambiguous", "401 REGISTER" },               // 4.3 valid: 5070 is the address's last group, and the port is the default one
        { "port-unambiguous", "401 REGISTER" },             // 4.4 valid: address and port
        { "via-received-param-with-delim", "481 BYE" },     // 4.5 "be liberal": a received with brackets is taken; the dialog is none of ours
        { "via-received-param-no-delim", "200 OPTIONS" },   // 4.5 valid as the grammar has it
        { "ipv6-in-sdp", "400 INVITE" },                    // 4.6 valid but for its length: 268 of 251 bytes, and RFC 3261 section 18.3 wants 400
        { "mult-ip-in-header", "481 BYE" },                 // 4.7 valid: only the topmost Via matters to us
        { "mult-ip-in-sdp", "180 INVITE" },                 // 4.8 valid: an address a stream. 181 of 189 bytes: what is beyond is cut (section 18.3)
        { "ipv4-mapped-ipv6", "180 INVITE" },               // 4.9 valid; 236 of 245 bytes
        { "ipv6-bug-abnf-3-colons", "400 OPTIONS" },        // 4.10 three colons are no address; a receiver "may" forgive them, and we do not
        { "ipv6-correct-abnf-2-colons", "200 OPTIONS" },    // 4.10 valid
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task Each_message_gets_the_answer_that_the_RFC_wants(string name, string expected) =>
        (await TortureMessages.AnswersAsync(TortureMessages.Read("rfc5118", name))).ShouldBe(expected);

    [Theory]
    [InlineData("ipv6-in-sdp", 251, "2001:db8::20", 6000)]
    [InlineData("mult-ip-in-sdp", 189, "192.0.2.1", 22334)]
    [InlineData("ipv4-mapped-ipv6", 245, "::ffff:192.0.2.2", 6000)]
    public async Task A_body_of_its_true_length_is_taken(string name, int length, string audioAddress, int audioPort)
    {
        var printed = Encoding.ASCII.GetString(TortureMessages.Read("rfc5118", name));
        var start = printed.IndexOf("Content-Length: ", StringComparison.Ordinal);
        var corrected = Encoding.ASCII.GetBytes(printed.Remove(start, 19).Insert(start, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}")));

        (await TortureMessages.AnswersAsync(corrected)).ShouldBe("180 INVITE");
        SipMessage.TryParse(corrected, out var message, out var error).ShouldBeTrue(error?.ToString());
        SdpParser.TryParse(message!.Body.Span, out var session, out var fault).ShouldBeTrue(fault.ToString());
        var audio = session!.Media[0];
        ((audio.Connection ?? session.Connection)!.Address, audio.Port).ShouldBe((audioAddress, audioPort));
    }

    [Theory]
    [InlineData("port-ambiguous", "2001:db8::10:5070", null)]
    [InlineData("port-unambiguous", "2001:db8::10", 5070)]
    public void A_port_is_what_follows_the_bracket(string name, string address, int? port)
    {
        SipMessage.TryParse(TortureMessages.Read("rfc5118", name), out var message, out var error).ShouldBeTrue(error?.ToString());
        var uri = ((SipRequest)message!).Uri;
        (uri.Host, uri.Port).ShouldBe(($"[{address}]", port));
    }

    [Theory]
    [InlineData("via-received-param-with-delim")]
    [InlineData("via-received-param-no-delim")]
    public void A_received_parameter_is_the_same_address_with_and_without_brackets(string name)
    {
        SipMessage.TryParse(TortureMessages.Read("rfc5118", name), out var message, out var error).ShouldBeTrue(error?.ToString());
        IPAddress.Parse(message!.TopVia.Parameters["received"]!).ShouldBe(IPAddress.Parse("2001:db8::9:255"));
    }

    [Fact]
    public void Every_file_has_a_verdict() => TortureMessages.NamesIn("rfc5118").ShouldBe(Verdicts.Select(row => (string)row[0]), ignoreOrder: true);
}
