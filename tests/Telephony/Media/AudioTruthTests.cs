using System.Buffers.Binary;
using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Speech that goes in at one end is found at the other, through all that can happen to a call in turn, and in the recording of it.</summary>
public sealed class AudioTruthTests : IAsyncDisposable
{
    private const int Second = AudioClip.SampleRate;

    private readonly LockStep _room = new();
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"truth-{Guid.NewGuid():N}.wav");

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        File.Delete(_file);
    }

    [Theory]
    [InlineData(Phone.Pcmu, Phone.Pcmu)]
    [InlineData(Phone.Pcma, Phone.G722)]
    [InlineData(Phone.G722, Phone.Pcmu)]
    public async Task Speech_is_heard_bridged_after_a_hold_mixed_and_bridged_again_and_all_of_it_is_in_the_recording(int callers, int agents)
    {
        var speech = await SpeechAsync();
        using var caller = _room.Connect(callers);
        using var agent = _room.Connect(agents);
        using var supervisor = _room.Connect();
        var finished = new TaskCompletionSource<RecordingFinished>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = new RecordingId(Guid.NewGuid());
        _room.Engine.Recorder.Start(id, _file, [caller.Leg, agent.Leg], finished.SetResult).ShouldBeTrue();

        caller.Leg.Bridge(agent.Leg);
        IsHeard(Part(0), SayTo(agent, Part(0)));

        // Held: nothing reaches the agent, but the recording goes on.
        agent.Offer($"{agents}", "a=sendonly\r\n");
        _room.Talk((caller, Part(1)));
        agent.HearsNothing().ShouldBeTrue();
        agent.Offer($"{agents}");
        IsHeard(Part(2), SayTo(agent, Part(2)));

        supervisor.Leg.Supervise(agent.Leg, SupervisionMode.Listen, _room.Clock);
        var silence = new short[Second];
        var mixed = _room.Converse((caller, Part(3)), (agent, silence), (supervisor, silence));
        Signal.Level(mixed[0].AsSpan(800)).ShouldBeLessThan(30);
        IsHeard(Part(3), mixed[1]);
        IsHeard(Part(3), mixed[2]);

        supervisor.Leg.Unbridge();
        IsHeard(Part(4), SayTo(agent, Part(4)));

        _room.Engine.Recorder.Stop(id);
        (await finished.Task.WaitAsync(TimeSpan.FromSeconds(20))).Failure.ShouldBeNull();
        var recorded = (await File.ReadAllBytesAsync(_file)).AsSpan(44).ToArray().Chunk(4).Select(frame => BinaryPrimitives.ReadInt16LittleEndian(frame)).ToArray();
        for (var part = 0; part < 5; part++)
        {
            IsHeard(Part(part), recorded.AsSpan(part * Second));
        }

        short[] Part(int number) => speech[(number * Second)..((number + 1) * Second)];

        short[] SayTo(Phone listener, short[] said)
        {
            var heard = new List<short>();
            for (var at = 0; at < said.Length; at += 160)
            {
                _room.Talk((caller, said[at..(at + 160)]));
                heard.AddRange(listener.Listen());
            }

            return [.. heard];
        }
    }

    /// <summary>The middle of what was said is there, at most 120 ms late, and little else is.</summary>
    private static void IsHeard(ReadOnlySpan<short> said, ReadOnlySpan<short> heard)
    {
        var middle = said.Slice(800, 6000);
        var (lag, correlation) = Signal.Find(middle, heard[800..Math.Min(heard.Length, 800 + 960 + middle.Length)]);
        correlation.ShouldBeGreaterThan(0.97);
        Signal.SignalToNoise(middle, heard.Slice(800 + lag, middle.Length)).ShouldBeGreaterThan(12);
    }

    /// <summary>Five seconds, each with something said in it.</summary>
    private static async Task<short[]> SpeechAsync()
    {
        var clip = await new SpeechSynthesizer().SpeakAsync("The quick brown fox jumps over the lazy dog, and nobody in the whole wide world knows why it does so every morning again.", "en", CancellationToken.None);
        clip.Samples.Length.ShouldBeGreaterThan(5 * Second);
        return clip.Samples[..(5 * Second)].ToArray();
    }
}
