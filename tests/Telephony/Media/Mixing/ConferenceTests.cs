using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Each phone speaks its own tone, so what is heard says who is heard.</summary>
public sealed class ConferenceTests : IAsyncDisposable
{
    private const double Loud = 6000;
    private static readonly double[] Tones = [400, 700, 1100, 1700];

    private readonly LockStep _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Theory]
    [InlineData(Phone.Pcmu, Phone.Pcma, Phone.Pcmu)]
    [InlineData(Phone.G722, Phone.Pcma, Phone.Pcmu, Phone.G722)]
    public void Each_hears_all_others_and_not_itself(params int[] encodings)
    {
        var phones = Array.ConvertAll(encodings, _room.Connect);
        var conference = new Conference(_room.Engine, _room.Clock);
        Array.ForEach(phones, p => p.Leg.Join(conference));
        var heard = Converse(phones);
        for (var listener = 0; listener < phones.Length; listener++)
        {
            Hears(heard[listener], [.. Enumerable.Range(0, phones.Length).Where(i => i != listener)]);
        }

        Array.ForEach(phones, p => p.Dispose());
    }

    [Fact]
    public void Of_many_that_talk_at_once_the_sum_is_cut_and_does_not_turn_over()
    {
        using var a = _room.Connect();
        using var b = _room.Connect();
        using var c = _room.Connect();
        var conference = new Conference(_room.Engine, _room.Clock);
        Array.ForEach([a, b, c], p => p.Leg.Join(conference));
        var loud = Signal.Tone(400, 1, amplitude: 30_000);
        var heard = _room.Converse((a, loud), (b, loud), (c, loud))[0].AsSpan(4000);
        heard.ToArray().Max(s => (int)s).ShouldBeGreaterThan(31_000);
        Signal.Amplitude(heard, 400).ShouldBeGreaterThan(33_000);
    }

    [Fact]
    public void With_two_left_their_packets_are_relayed_as_they_are_without_a_gap_and_a_third_may_come_again()
    {
        using var a = _room.Connect();
        using var b = _room.Connect();
        using var c = _room.Connect();
        var conference = new Conference(_room.Engine, _room.Clock);
        Array.ForEach([a, b, c], p => p.Leg.Join(conference));
        Converse([a, b, c]);
        c.Leg.Unbridge();
        byte[] untouched = [1, 2, 3, 4];
        a.Send(payload: untouched);
        HearsRelayed(b).ShouldBe(untouched);
        b.Send(payload: untouched);
        HearsRelayed(a).ShouldBe(untouched);
        Hears(Converse([a, b])[0], 1);

        c.Leg.Join(conference);
        var heard = Converse([a, b, c]);
        Hears(heard[0], 1, 2);
        Hears(heard[2], 0, 1);
        a.Leg.Dispose();
        b.Send(payload: untouched);
        HearsRelayed(c).ShouldBe(untouched);
    }

    [Fact]
    public void A_supervisor_is_heard_as_the_mode_says_while_it_hears_all_and_the_mode_may_change()
    {
        using var caller = _room.Connect();
        using var agent = _room.Connect(Phone.Pcma);
        using var supervisor = _room.Connect(Phone.G722);
        caller.Leg.Bridge(agent.Leg);
        foreach (var mode in new[] { SupervisionMode.Listen, SupervisionMode.Whisper, SupervisionMode.Barge, SupervisionMode.Listen })
        {
            supervisor.Leg.Supervise(agent.Leg, mode, _room.Clock);
            var heard = Converse([caller, agent, supervisor]);
            Hears(heard[0], mode == SupervisionMode.Barge ? [1, 2] : [1]);
            Hears(heard[1], mode == SupervisionMode.Listen ? [0] : [0, 2]);
            Hears(heard[2], 0, 1);
        }

        // Back to a plain bridge, as it was.
        supervisor.Leg.Unbridge();
        caller.Send(payload: [1, 2]);
        HearsRelayed(agent).Length.ShouldBe(2);
    }

    [Fact]
    public async Task When_the_supervised_leg_leaves_the_one_who_only_listened_is_not_heard_by_the_caller()
    {
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        using var supervisor = _room.Connect();
        caller.Leg.Bridge(agent.Leg);
        supervisor.Leg.Supervise(agent.Leg, SupervisionMode.Listen, _room.Clock);
        Converse([caller, agent, supervisor]);
        agent.Leg.Dispose();
        var before = caller.Leg.Statistics.PacketsSent;
        await SayUnheardAsync(supervisor);
        caller.Leg.Statistics.PacketsSent.ShouldBe(before);
        supervisor.Leg.Conference.ShouldBeNull();
    }

    [Fact]
    public void A_supervisor_takes_the_place_of_the_agent()
    {
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        using var supervisor = _room.Connect();
        caller.Leg.Bridge(agent.Leg);
        supervisor.Leg.Supervise(agent.Leg, SupervisionMode.Whisper, _room.Clock);
        Converse([caller, agent, supervisor]);
        supervisor.Leg.TakeOver();
        agent.Leg.Conference.ShouldBeNull();
        supervisor.Send(payload: [7, 7]);
        HearsRelayed(caller).ShouldBe([7, 7]);
        caller.Send(payload: [8, 8]);
        HearsRelayed(supervisor).ShouldBe([8, 8]);
        agent.HearsNothing().ShouldBeTrue();
    }

    [Fact]
    public void A_member_that_holds_is_sent_nothing_and_its_music_is_not_heard()
    {
        using var a = _room.Connect();
        using var b = _room.Connect();
        using var c = _room.Connect();
        var conference = new Conference(_room.Engine, _room.Clock);
        Array.ForEach([a, b, c], p => p.Leg.Join(conference));
        Converse([a, b, c]);
        c.Offer("0", "a=sendonly\r\n");
        var sent = c.Leg.Statistics.PacketsSent;
        var heard = new List<short>();
        for (var at = 0; at < 8000; at += 160)
        {
            c.Say(Signal.Tone(Tones[2], 1, Loud).AsSpan(at, 160));
            heard.AddRange(_room.Converse((a, Signal.Tone(Tones[0], 1, Loud)[at..(at + 160)]), (b, Signal.Tone(Tones[1], 1, Loud)[at..(at + 160)]))[0]);
        }

        Hears([.. heard.Skip(4000)], 1);
        c.Leg.Statistics.PacketsSent.ShouldBe(sent);
    }

    /// <summary>A second of talk; what each heard in its second half.</summary>
    private short[][] Converse(Phone[] phones) =>
        Array.ConvertAll(_room.Converse([.. phones.Select((p, i) => (p, Signal.Tone(Tones[i], 1, Loud)))]), heard => heard[4000..]);

    private static void Hears(short[] heard, params int[] talkers)
    {
        for (var i = 0; i < Tones.Length; i++)
        {
            Signal.Amplitude(heard, Tones[i]).ShouldBe(talkers.Contains(i) ? Loud : 0, Loud * 0.05, $"tone {Tones[i]} of phone {i}");
        }
    }

    private static async Task SayUnheardAsync(Phone phone)
    {
        var before = phone.Leg.Statistics.PacketsReceived;
        phone.Send();
        phone.Send();
        while (phone.Leg.Statistics.PacketsReceived < before + 2)
        {
            await Task.Yield();
        }
    }

    /// <summary>The next packet that is no mix: what was mixed before may still be on its way.</summary>
    private static byte[] HearsRelayed(Phone phone)
    {
        while (true)
        {
            if (phone.Hear().Payload is { Length: < 160 } payload)
            {
                return payload;
            }
        }
    }
}
