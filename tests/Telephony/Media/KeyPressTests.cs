using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class KeyPressTests : MediaEngineFixture
{
    private const string Events = "a=rtpmap:101 telephone-event/8000\r\n";

    [Fact]
    public void Keys_go_out_as_events_that_a_receiver_reads_again()
    {
        using var phone = Connect("0 101", Events);
        phone.Leg.Press(new KeyPresses("1#", TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(80), asTones: false));
        phone.Leg.Press(new KeyPresses("D", TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(80), asTones: false));
        var heard = Enumerable.Range(0, 21).Select(_ => phone.Hear()).ToArray();
        heard.ShouldAllBe(p => p.Header.PayloadType == 101);
        heard.Select(p => p.Header.Marker).ShouldBe(Enumerable.Range(0, 21).Select(i => i % 7 == 0));
        heard.Take(7).Select(p => Convert.ToHexString(p.Payload)).ShouldBe(["010A00A0", "010A0140", "010A01E0", "010A0280", "018A0320", "018A0320", "018A0320"]);
        heard.Select(p => p.Header.Timestamp).Distinct().Count().ShouldBe(3);
        var read = new List<DtmfDigit>();
        var reader = new TelephoneEventReader(TimeProvider.System, (digit, _) => read.Add(digit));
        foreach (var (header, payload) in heard)
        {
            reader.Take(header, payload, 8000, foreign: null);
        }

        read.ShouldBe([new DtmfDigit('1', TimeSpan.FromMilliseconds(100)), new DtmfDigit('#', TimeSpan.FromMilliseconds(100)), new DtmfDigit('D', TimeSpan.FromMilliseconds(100))]);
    }

    [Theory]
    [InlineData('1', 697, 1209)]
    [InlineData('6', 770, 1477)]
    [InlineData('D', 941, 1633)]
    public void A_phone_without_events_is_sent_the_tones(char digit, double low, double high)
    {
        using var phone = Connect("8");
        phone.Leg.Press(new KeyPresses($"{digit}", TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), asTones: false));
        var samples = Enumerable.Range(0, 10).SelectMany(_ => phone.Hear().Payload).Select(G711.DecodeALaw).ToArray();
        Signal.Amplitude(samples.AsSpan(0, 800), low).ShouldBe(0.25 * short.MaxValue, 600);
        Signal.Amplitude(samples.AsSpan(0, 800), high).ShouldBe(0.32 * short.MaxValue, 700);
        Signal.Level(samples.AsSpan(800)).ShouldBeLessThan(20);
    }

    [Fact]
    public void Music_goes_on_after_the_keys()
    {
        using var phone = Connect("0 101", Events);
        phone.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        phone.Hear().Header.PayloadType.ShouldBe((byte)0);
        phone.Leg.Press(new KeyPresses("5", TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(60), asTones: false));
        var types = Enumerable.Range(0, 30).Select(_ => phone.Hear().Header.PayloadType).ToArray();
        types.Count(t => t == 101).ShouldBe(4);
        types[^1].ShouldBe((byte)0);
    }

    [Fact]
    public async Task Keys_received_are_told_and_those_that_the_other_side_cannot_take_as_events_are_told_to_its_leg()
    {
        using var caller = Connect("0 101", Events);
        using var agent = Connect("0 96", "a=rtpmap:96 telephone-event/8000\r\n");
        using var old = Connect("0");
        var (told, converted) = (new List<char>(), new List<char>());
        caller.Leg.DigitReceived = d => told.Add(d.Digit);
        agent.Leg.DigitToConvert = d => converted.Add(d.Digit);
        old.Leg.DigitToConvert = d => converted.Add(d.Digit);
        caller.Leg.Bridge(agent.Leg);
        Press(5);
        agent.Hear().Header.PayloadType.ShouldBe((byte)96);
        caller.Leg.Bridge(old.Leg);
        Press(6);
        caller.Send(payload: [1]);
        old.Hear().Payload.ShouldBe([1]);
        await Until(() => told.Count == 2);
        told.ShouldBe(['5', '6']);
        converted.ShouldBe(['6']);

        void Press(byte code) => caller.Send(101, [code, 0x8A, 1, 0x90], marker: true);
    }
}
