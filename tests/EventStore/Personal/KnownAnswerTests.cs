namespace CallCenter.EventStore.Tests.Personal;

/// <summary>What was sealed once must open for ever: these bytes were written by the first version.</summary>
public sealed class KnownAnswerTests
{
    private const string Token = "pd1.AZTwAAAAQACAAAAAAAAAAw.OHKMQkRlHtudajAo5eQGxA.p2uWExgyWyHpm5kOTRVIDFOp9S5xlhSPhoe9M7Mqp7X4A1CxI69SEA";
    private const string SealedHex = "706431000194f0000000400080000000000000036465666768696a6b6c6d6e6fa4036d5e8c595927c48696f4c6ad8bc52a23bcf4";

    private static readonly Guid Stream = new("0194f000-0000-7000-8000-000000000001");
    private static readonly Guid Event = new("0194f000-0000-7000-8000-000000000002");
    private static readonly PersonKey Key = new(new Guid("0194f000-0000-4000-8000-000000000003"), [.. Enumerable.Range(0, PersonKey.SecretBytes).Select(i => (byte)i)]);

    [Fact]
    public void A_text_is_sealed_and_opened_as_it_always_was()
    {
        var text = new PersonalText(Stream, "number", "+49301234567");
        Key.Seal(text, Event, identifies: true).ToString().ShouldBe(Token);
        PersonalToken.TryRead(Token, out var token).ShouldBeTrue();
        Key.Open(token, text with { Text = Token }).ShouldBe("+49301234567");
        Key.Index("number", "+49 30 1234567").ShouldBe(PersonalToken.SearchKey(Token));
    }

    [Fact]
    public void Bytes_are_opened_as_they_always_were()
    {
        PersonKey.TryReadId(Convert.FromHexString(SealedHex), out var id).ShouldBeTrue();
        id.ShouldBe(Key.Id);
        Key.TryOpen(Convert.FromHexString(SealedHex), Stream, "recording/1", out var content).ShouldBeTrue();
        content.ShouldBe("RIFF"u8.ToArray());
    }

    [Fact]
    public void Bytes_are_sealed_anew_each_time() =>
        Key.Seal("RIFF"u8, Stream, "recording/1").ShouldNotBe(Key.Seal("RIFF"u8, Stream, "recording/1"));
}
