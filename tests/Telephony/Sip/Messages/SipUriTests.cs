using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Messages;

public sealed class SipUriTests
{
    [Theory]
    [InlineData("sip:alice@Example.COM", "alice", "example.com", null)]
    [InlineData("SIPS:%61lice:secret@192.0.2.1:5061;transport=tls", "alice", "192.0.2.1", 5061)]
    [InlineData("sip:user;par=u%40example.net@example.com", "user;par=u@example.net", "example.com", null)]
    [InlineData("sip:+1-212;phone-context=x@[2001:DB8::1]:70?Subject=a", "+1-212;phone-context=x", "[2001:db8::1]", 70)]
    [InlineData("sip:example.com;lr", "", "example.com", null)]
    public void Sip_addresses_are_taken_apart(string text, string user, string host, int? port)
    {
        SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri, out var error).ShouldBeTrue(error);

        (uri.UserText, uri.Host, uri.Port).ShouldBe((user, host, port));
        SipUri.TryParse(Encoding.UTF8.GetBytes(uri.ToString()), out var again, out _).ShouldBeTrue();
        again.ShouldBe(uri);
    }

    [Theory]
    [InlineData("alice@example.com")]
    [InlineData("sip:")]
    [InlineData("sip:@example.com")]
    [InlineData("sip:a b@example.com")]
    [InlineData("sip:a@example.com:port")]
    [InlineData("sip:a@[::1")]
    [InlineData("sip:a@[192.0.2.1]")]
    [InlineData("sip:a@example.com;=x")]
    [InlineData("sip:a@example.com;x=y z")]
    [InlineData("sip:a%4@example.com")]
    [InlineData("tel:")]
    [InlineData("http://a<b")]
    public void Malformed_addresses_are_refused_with_a_reason(string text)
    {
        SipUri.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("2001", "2001")]
    [InlineData("+49 30", "+49%2030")]
    [InlineData("a@b:c%", "a%40b%3Ac%25")]
    [InlineData("<x>\r\n", "%3Cx%3E%0D%0A")]
    [InlineData("Jos\u00e9", "Jos%C3%A9")]
    public void A_user_of_any_text_is_escaped_and_comes_back(string user, string written)
    {
        var uri = SipUri.Of(user, "example.com");

        uri.ToString().ShouldBe($"sip:{written}@example.com");
        uri.UserText.ShouldBe(user);
    }

    [Fact]
    public void A_tel_address_keeps_its_number()
    {
        SipUri.TryParse("tel:+4930123;phone-context=x"u8, out var uri, out _).ShouldBeTrue();

        (uri.Scheme, uri.Opaque, uri.IsSip).ShouldBe(("tel", "+4930123;phone-context=x", false));
    }
}
