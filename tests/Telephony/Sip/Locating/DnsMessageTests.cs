using CallCenter.Telephony.Sip;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Sip.Locating;

/// <summary>DNS on the wire (RFC 1035 section 4): whatever a server sends is read or refused.</summary>
public sealed class DnsMessageTests
{
    private static readonly byte[] Question = [.. TestDnsServer.Name("a.example.com"), 0, 1, 0, 1];
    private static readonly byte[] Record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];

    [Fact]
    public void A_query_reads_as_it_was_meant()
    {
        DnsMessage.TryWriteQuery(0x1234, "a.example.com", DnsType.A, out var query).ShouldBeTrue();
        query.ShouldBe([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Question]);
        DnsMessage.TryParse(query, out _).ShouldBeFalse("it is no answer");
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com.")]
    public void The_root_and_a_dot_at_the_end_are_names(string name) => DnsMessage.TryWriteQuery(1, name, DnsType.A, out _).ShouldBeTrue();

    [Fact]
    public void What_is_no_name_is_not_asked_for()
    {
        foreach (var name in new[] { "a..b", ".a", new string('a', 64), string.Join('.', Enumerable.Repeat("abcdefg", 40)), "ümlaut.example" })
        {
            DnsMessage.TryWriteQuery(1, name, DnsType.A, out _).ShouldBeFalse(name);
        }
    }

    [Fact]
    public void An_answer_is_read()
    {
        DnsMessage.TryParse(Answer(1, Record), out var message).ShouldBeTrue();
        message!.Answers.ShouldBe([new AddressRecord("a.example.com", TimeSpan.FromSeconds(60), System.Net.IPAddress.Parse("192.0.2.1"))]);
    }

    [Fact]
    public void Names_that_point_in_a_ring_forward_or_at_themselves_are_refused()
    {
        foreach (var target in new byte[] { 31, 33, 200 })
        {
            DnsMessage.TryParse(Answer(1, [0xc0, target, .. Record[2..]]), out _).ShouldBeFalse($"{target}");
        }

        // Two pointers, each at the other.
        var at = 12 + Question.Length;
        DnsMessage.TryParse([.. Answer(1, [])[..^0], 0xc0, (byte)(at + 2), 0xc0, (byte)at, .. Record[2..]], out _).ShouldBeFalse();
    }

    [Fact]
    public void A_record_that_lies_about_its_length_is_refused()
    {
        foreach (var length in new byte[] { 0, 3, 5, 255 })
        {
            DnsMessage.TryParse(Answer(1, [.. Record[..11], length, .. Record[12..]]), out _).ShouldBeFalse($"{length}");
        }

        DnsMessage.TryParse(Answer(2, Record), out _).ShouldBeFalse("the second record is missing");
        DnsMessage.TryParse(Answer(DnsMessage.MostRecords + 1, [.. Enumerable.Repeat(Record, DnsMessage.MostRecords + 1).SelectMany(r => r)]), out _).ShouldBeFalse();
    }

    [Fact]
    public void Records_of_other_types_and_classes_are_passed_over()
    {
        byte[] text = [0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 2, 1, 65];
        byte[] chaos = [0xc0, 12, 0, 1, 0, 3, 0, 0, 0, 60, 0, 1, 7];
        DnsMessage.TryParse(Answer(3, [.. text, .. chaos, .. Record]), out var message).ShouldBeTrue();
        message!.Answers.Count.ShouldBe(1);
    }

    [Fact]
    public void Whatever_comes_it_never_throws()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Reads(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
        Prop.ForAll(ArbMap.Default.ArbFor<(int Place, byte Value)[]>(), changes =>
        {
            byte[] answer = [.. Answer(3, [.. Record, 0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 1, 0, 9, 0, 1, 0, 1, 19, 196, 1, 120, 0, 0xc0, 12, 0, 35, 0, 1, 0, 0, 0, 1, 0, 16, 0, 1, 0, 1, 1, 115, 7, 83, 73, 80, 43, 68, 50, 85, 0, 0])];
            foreach (var (place, value) in changes)
            {
                answer[(int)((uint)place % answer.Length)] = value;
            }

            return Reads(answer);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static bool Reads(byte[] bytes) => DnsMessage.TryParse(bytes, out var message) ? message.Answers.Count <= DnsMessage.MostRecords : message is null;

    private static byte[] Answer(int records, byte[] bytes) => [0, 1, 0x81, 0x80, 0, 1, 0, (byte)records, 0, 0, 0, 0, .. Question, .. bytes];
}
