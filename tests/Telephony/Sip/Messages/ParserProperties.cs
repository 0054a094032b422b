using System.Text;
using CallCenter.Telephony.Sip;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Sip.Messages;

/// <summary>Whatever comes in, the parser answers with a message or an error, and what it took can be written and read again.</summary>
public sealed class ParserProperties
{
    private static readonly byte[][] Seeds = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "torture"), "*.dat", SearchOption.AllDirectories).Select(File.ReadAllBytes)];

    [Fact]
    public void Arbitrary_bytes_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => IsTotal(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Mutations_of_real_messages_never_throw_and_round_trip() =>
        Prop.ForAll(Mutations().ToArbitrary(), bytes => IsTotal(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Fact]
    public void Any_text_in_a_built_message_comes_back_from_the_wire() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(NonNull<string> User, NonNull<string> Display, NonNull<string> Value)>(), text =>
        {
            var (user, display, value) = (Clean(text.User.Get), Clean(text.Display.Get), Clean(text.Value.Get));
            var headers = new SipHeaders();
            headers.Add(HeaderName.Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
            headers.Add(HeaderName.From, new NameAddr(display, SipUri.Of(user.Length == 0 ? null : user, "example.com"), SipParameters.Empty).WithTag("t").ToString());
            headers.Add(HeaderName.To, "<sip:b@example.com>");
            headers.Add(HeaderName.CallId, "id");
            headers.Add(HeaderName.CSeq, "1 OPTIONS");
            headers.Add(HeaderName.Subject, value);
            var bytes = new SipRequest("OPTIONS", SipUri.Of("b", "example.com"), headers, default).ToBytes();

            SipMessage.TryParse(bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
            message!.From.DisplayName.ShouldBe(display);
            message.From.Uri.UserText.ShouldBe(user);
            message.Headers.Count.ShouldBe(headers.Count);
            message.Headers[HeaderName.Subject].ShouldBe(value.Trim(' ', '\t'));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    // Line breaks are refused by the writer, lone surrogates have no UTF-8.
    private static string Clean(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace("\r", "").Replace("\n", "")));

    private static bool IsTotal(byte[] bytes)
    {
        if (!SipMessage.TryParse(bytes, out var message, out var error))
        {
            error.Answerable?.ToString();
            return error.Reason.Length > 0;
        }

        message.Headers.TryGetAddresses(HeaderName.Contact, out _, out _);
        message.Headers.TryGetAddresses(HeaderName.RecordRoute, out _, out _);
        var written = message.ToBytes();
        return SipMessage.TryParse(written, out var again, out _)
            && again.Headers.SequenceEqual(message.Headers)
            && again.Body.Span.SequenceEqual(message.Body.Span)
            && again.ToBytes().AsSpan().SequenceEqual(written);
    }

    private static Gen<byte[]> Mutations() =>
        from seed in Gen.Elements(Seeds)
        from count in Gen.Choose(1, 8)
        from edits in Gen.ListOf(Edit(), count)
        select edits.Aggregate(seed, Apply);

    private static Gen<(double Where, int Kind, byte Value)> Edit() =>
        from place in Gen.Choose(0, 1_000_000)
        from kind in Gen.Choose(0, 3)
        from value in Gen.OneOf(Gen.Elements<byte>([(byte)'\r', (byte)'\n', (byte)'"', (byte)'<', (byte)';', (byte)',', (byte)' ', (byte)'\\', (byte)'%', 0, 255]), Gen.Choose(0, 255).Select(number => (byte)number))
        select (place / 1_000_001.0, kind, value);

    private static byte[] Apply(byte[] bytes, (double Where, int Kind, byte Value) edit)
    {
        var at = (int)(bytes.Length * edit.Where);
        return edit.Kind switch
        {
            0 when bytes.Length > 0 => [.. bytes[..at], edit.Value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], edit.Value, .. bytes[at..]],
            2 when bytes.Length > 0 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => bytes[..at],
        };
    }
}
