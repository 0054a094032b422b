using System.Buffers.Binary;
using System.Security.Cryptography;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

public sealed class RecordingTests : IAsyncDisposable
{
    private const int Second = AudioClip.SampleRate;

    private readonly LockStep _room = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("recordings").FullName;
    private readonly TaskCompletionSource<RecordingFinished> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RecordingId _id = new(Guid.NewGuid());

    private string File1 => Path.Combine(_folder, "2026", "call.wav");

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Phone.Pcmu, Phone.Pcma)]
    [InlineData(Phone.G722, Phone.Pcmu)]
    public async Task Each_leg_is_heard_in_its_own_channel_and_nowhere_else_at_the_time_when_it_spoke(int callers, int agents)
    {
        using var caller = _room.Connect(callers);
        using var agent = _room.Connect(agents);
        caller.Leg.Bridge(agent.Leg);
        Start(caller.Leg, agent.Leg);
        var (first, second) = (Noise(1, Second), Noise(2, Second));
        _room.Talk((caller, first));
        _room.Talk((agent, second));
        _room.Talk((caller, first), (agent, second));

        var (channels, finished) = await StopAsync();
        finished.Duration.ShouldBe(TimeSpan.FromSeconds(3));
        foreach (var (channel, said, times) in new[] { (0, first, (int[])[0, 2]), (1, second, [1, 2]) })
        {
            for (var time = 0; time < 3; time++)
            {
                var part = channels[channel].AsSpan(time * Second, Second);
                if (times.Contains(time))
                {
                    // The jitter buffer holds audio back by up to 60 ms.
                    var (lag, correlation) = Signal.Find(said.AsSpan(0, Second * 9 / 10), part);
                    lag.ShouldBeInRange(0, 480);
                    correlation.ShouldBeGreaterThan(0.97);
                }
                else
                {
                    Signal.Level(part[1000..]).ShouldBe(0);
                }
            }
        }
    }

    [Fact]
    public async Task The_hash_the_size_and_the_header_are_those_of_the_file_which_nobody_else_may_read()
    {
        using var caller = _room.Connect();
        Start(caller.Leg, null);
        _room.Talk((caller, Signal.Tone(440, 1.5)));
        var (_, finished) = await StopAsync();
        var bytes = await File.ReadAllBytesAsync(File1);
        finished.ShouldBe(new RecordingFinished(
            _id, File1, TimeSpan.FromSeconds(1.5), Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, Failure: null) { HeardUntil = finished.HeardUntil });
        finished.HeardUntil.TotalSeconds.ShouldBeInRange(1.4, 1.5);
        bytes.Length.ShouldBe(44 + (2 * 2 * 12_000));
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)).ShouldBe((uint)bytes.Length - 8);
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(40)).ShouldBe((uint)bytes.Length - 44);
        File.GetUnixFileMode(File1).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(null, 0.5, 1.5)]
    [InlineData(0.8, null, 0.8)]
    [InlineData(0.8, 0.5, 0.8)]
    public async Task A_limit_ends_it_by_itself_a_pass_late_at_most(double? longest, double? silence, double length)
    {
        using var caller = _room.Connect();
        _room.Engine.Recorder.Start(_id, File1, [caller.Leg], _finished.SetResult, new RecordingLimits(Time(longest), Time(silence))).ShouldBeTrue();
        _room.Talk((caller, Signal.Tone(440, 1)));
        _room.Talk((caller, new short[2 * Second]));

        // The clock of the room may be ahead of the recorder by all that was said.
        var finished = await _finished.Task.WaitAsync(TimeSpan.FromSeconds(30));
        finished.Failure.ShouldBeNull();
        finished.Duration.TotalSeconds.ShouldBeInRange(length, length + 1.01);
        finished.HeardUntil.TotalSeconds.ShouldBeInRange(0.7, 1.1);

        static TimeSpan? Time(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;
    }

    [Fact]
    public async Task Who_says_nothing_was_heard_at_no_time()
    {
        using var caller = _room.Connect();
        Start(caller.Leg);
        _room.Talk((caller, new short[Second]));
        (await StopAsync()).Finished.HeardUntil.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_leg_may_leave_its_channel_to_another_and_both_are_heard_in_it_one_after_the_other()
    {
        using var caller = _room.Connect();
        using var first = _room.Connect();
        using var second = _room.Connect();
        Start(caller.Leg, first.Leg);
        _room.Talk((caller, Signal.Tone(300, 1)), (first, Signal.Tone(700, 1)));
        _room.Engine.Recorder.Set(_id, 1, second.Leg);
        _room.Talk((caller, Signal.Tone(300, 1)), (first, Signal.Tone(700, 1)), (second, Signal.Tone(1100, 1)));
        first.Leg.Dispose();
        _room.Engine.Recorder.Set(_id, 1);
        _room.Talk((caller, Signal.Tone(300, 1)), (second, Signal.Tone(1100, 1)));
        _room.Engine.Recorder.Set(_id, 7, second.Leg);

        var (channels, _) = await StopAsync();
        for (var second1 = 0; second1 < 3; second1++)
        {
            Signal.Amplitude(channels[0].AsSpan((second1 * Second) + 800, 7000), 300).ShouldBe(8000, 300);
        }

        Signal.Amplitude(channels[1].AsSpan(800, 7000), 700).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan(Second + 800, 7000), 1100).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan(Second + 800, 7000), 700).ShouldBeLessThan(20);
        Signal.Level(channels[1].AsSpan((2 * Second) + 160)).ShouldBe(0);
    }

    [Fact]
    public async Task Several_in_one_channel_are_mixed_and_who_stays_in_it_is_heard_without_a_gap()
    {
        using var caller = _room.Connect();
        using var first = _room.Connect();
        using var second = _room.Connect();
        Start(caller.Leg, first.Leg);
        _room.Talk((caller, Signal.Tone(300, 1)), (first, Signal.Tone(700, 1)));
        _room.Engine.Recorder.Set(_id, 1, first.Leg, second.Leg);
        _room.Talk((caller, Signal.Tone(300, 1)), (first, Signal.Tone(700, 1)), (second, Signal.Tone(1100, 1)));
        _room.Engine.Recorder.Set(_id, 1, second.Leg);
        _room.Talk((caller, Signal.Tone(300, 1)), (first, Signal.Tone(700, 1)), (second, Signal.Tone(1100, 1)));

        var (channels, _) = await StopAsync();
        Signal.Amplitude(channels[1].AsSpan(800, (2 * Second) - 1600), 700).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan(Second + 800, 7000), 1100).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan((2 * Second) + 800, 7000), 1100).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan((2 * Second) + 800, 7000), 700).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task A_pause_is_silence_and_time_goes_on()
    {
        using var caller = _room.Connect();
        Start(caller.Leg);
        _room.Talk((caller, Signal.Tone(440, 1)));
        _room.Engine.Recorder.Pause(_id, paused: true);
        _room.Talk((caller, Signal.Tone(440, 1)));
        _room.Engine.Recorder.Pause(_id, paused: false);
        _room.Talk((caller, Signal.Tone(440, 1)));
        var (channels, finished) = await StopAsync();
        finished.Duration.ShouldBe(TimeSpan.FromSeconds(3));
        Signal.Amplitude(channels[0].AsSpan(800, 7000), 440).ShouldBe(8000, 300);
        Signal.Level(channels[0].AsSpan(Second, Second)).ShouldBe(0);
        Signal.Amplitude(channels[0].AsSpan((2 * Second) + 800, 7000), 440).ShouldBe(8000, 300);
    }

    [Fact]
    public async Task What_a_holding_party_says_and_what_comes_after_it_is_taken_back_is_recorded()
    {
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        caller.Leg.Bridge(agent.Leg);
        Start(caller.Leg, agent.Leg);
        _room.Talk((caller, Signal.Tone(440, 1)));
        agent.Offer("0", "a=sendonly\r\n");
        _room.Talk((caller, Signal.Tone(440, 1)), (agent, Signal.Tone(900, 1)));
        agent.Offer("0");
        _room.Talk((caller, Signal.Tone(440, 1)));
        var (channels, _) = await StopAsync();
        Signal.Amplitude(channels[0].AsSpan(800, 23_000), 440).ShouldBe(8000, 300);
        Signal.Amplitude(channels[1].AsSpan(Second + 800, 7000), 900).ShouldBe(8000, 300);
    }

    [Fact]
    public async Task What_cannot_be_decoded_is_silence_and_the_recording_says_so()
    {
        var policy = new AudioPolicy(new CodecPreference("opus", "PCMU"), MediaEncryption.Refused);
        using var caller = new Phone(_room.Engine.CreateLeg(policy), "111 0", "a=rtpmap:111 opus/48000/2\r\n");
        Start(caller.Leg);
        for (var i = 0; i < 10; i++)
        {
            caller.Send(111, [0xFC, 1, 2, 3]);
            SpinWait.SpinUntil(() => caller.Leg.Statistics.PacketsReceived == i + 1, TimeSpan.FromSeconds(20)).ShouldBeTrue();
            _room.Clock.AdvanceMilliseconds(20);
        }

        var (channels, finished) = await StopAsync();
        finished.Failure!.ShouldContain("cannot be decoded");
        Signal.Level(channels[0]).ShouldBe(0);
    }

    [Fact]
    public async Task It_ends_with_its_last_leg()
    {
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        Start(caller.Leg, agent.Leg);
        _room.Talk((caller, Signal.Tone(440, 0.5)));
        caller.Leg.Dispose();
        _room.Talk((agent, Signal.Tone(440, 0.5)));
        agent.Leg.Dispose();
        (await FinishedAsync()).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task It_ends_with_the_engine_and_the_file_is_whole()
    {
        using var caller = _room.Connect();
        Start(caller.Leg);
        _room.Talk((caller, Signal.Tone(440, 1)));
        await _room.Engine.DisposeAsync();
        var finished = await FinishedAsync();
        finished.Failure.ShouldBeNull();
        finished.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(File1))));
    }

    [Fact]
    public void A_process_that_is_killed_leaves_a_file_that_plays_to_its_end()
    {
        using var caller = _room.Connect();
        Start(caller.Leg);
        _room.Talk((caller, Signal.Tone(440, 2)));

        // What is written is in the system's hands: a kill at any moment leaves what another process can read at that moment.
        SpinWait.SpinUntil(() => File.Exists(File1) && new FileInfo(File1).Length > Second, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        using var file = new FileStream(File1, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var heard = AudioClip.FromWav(file);
        Signal.Amplitude(heard.Samples.Slice(800, 2400), 440).ShouldBe(8000, 300);
    }

    [Fact]
    public async Task A_full_disk_ends_the_recording_and_not_the_call_and_says_so()
    {
        var recorder = new Recorder(_room.Clock, NullLogger.Instance, (_, channels) => new RecordingFile(new FileStream("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0), channels));
        await using var _ = recorder;
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        caller.Leg.Bridge(agent.Leg);
        recorder.Start(_id, "/dev/full", [caller.Leg, agent.Leg], _finished.SetResult).ShouldBeTrue();
        (await FinishedAsync()).Failure!.ShouldContain("No space left");
        caller.Send(payload: [1, 2, 3]);
        agent.Hear().Payload.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_a_full_disk_took_of_a_block_is_cut_off_before_the_file_is_hashed()
    {
        using var recording = new RecordingFile(RecordingFile.Create(File1), channels: 1);
        recording.Append(new byte[320]);
        await using (var torn = new FileStream(File1, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            torn.Write(new byte[7]);
        }

        var hash = recording.Seal();
        new FileInfo(File1).Length.ShouldBe(recording.Length);
        recording.Dispose();
        hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(File1))));
    }

    [Fact]
    public async Task A_disk_that_keeps_it_waiting_costs_audio_of_the_recording_alone_which_says_so()
    {
        using var slow = new ManualResetEventSlim();
        var recorder = new Recorder(_room.Clock, NullLogger.Instance, (path, channels) =>
        {
            slow.Wait();
            return new RecordingFile(RecordingFile.Create(path), channels);
        });
        await using var _ = recorder;
        using var caller = _room.Connect();
        using var agent = _room.Connect();
        caller.Leg.Bridge(agent.Leg);
        recorder.Start(_id, File1, [caller.Leg], _finished.SetResult).ShouldBeTrue();
        _room.Talk((caller, Signal.Tone(440, 5)));
        for (var i = 0; i < 250; i++)
        {
            agent.Listen().Length.ShouldBe(160);
        }

        slow.Set();
        recorder.Stop(_id);
        var finished = await FinishedAsync();
        finished.Failure!.ShouldContain("packets were lost because the disk did not keep up");
        finished.Duration.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/proc/nowhere/call.wav")]
    [InlineData("bad\0path.wav")]
    public async Task A_place_that_is_none_is_told(string path)
    {
        using var caller = _room.Connect();
        _room.Engine.Recorder.Start(_id, path, [caller.Leg], _finished.SetResult).ShouldBeTrue();
        (await FinishedAsync()).Failure.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_file_that_is_there_is_never_written_over()
    {
        using var caller = _room.Connect();
        Directory.CreateDirectory(Path.GetDirectoryName(File1)!);
        await File.WriteAllTextAsync(File1, "evidence");
        Start(caller.Leg);
        var finished = await FinishedAsync();
        finished.Failure!.ShouldContain("already exists");
        finished.Sha256.ShouldBeNull();
        (await File.ReadAllTextAsync(File1)).ShouldBe("evidence");
    }

    [Fact]
    public void An_id_is_used_once_at_a_time()
    {
        using var caller = _room.Connect();
        Start(caller.Leg);
        _room.Engine.Recorder.Start(_id, $"{File1}2", [caller.Leg], _ => { }).ShouldBeFalse();
    }

    private void Start(params MediaLeg?[] legs) => _room.Engine.Recorder.Start(_id, File1, legs, _finished.SetResult).ShouldBeTrue();

    private async Task<(short[][] Channels, RecordingFinished Finished)> StopAsync()
    {
        _room.Engine.Recorder.Stop(_id);
        var finished = await FinishedAsync();
        var bytes = await File.ReadAllBytesAsync(finished.Path);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(22));
        var channels = new short[count][];
        for (var channel = 0; channel < count; channel++)
        {
            channels[channel] = new short[(bytes.Length - 44) / 2 / count];
            for (var i = 0; i < channels[channel].Length; i++)
            {
                channels[channel][i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(44 + (2 * ((i * count) + channel))));
            }
        }

        return (channels, finished);
    }

    private Task<RecordingFinished> FinishedAsync() => _finished.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Unlike a tone, noise is found at one place only. Below 2 kHz, as speech is.</summary>
    private static short[] Noise(int seed, int length)
    {
        var random = new Random(seed);
        var (samples, a, b) = (new short[length], 0.0, 0.0);
        for (var i = 0; i < length; i++)
        {
            a += (((random.NextDouble() * 2) - 1) * 12_000 - a) * 0.35;
            b += (a - b) * 0.35;
            samples[i] = (short)b;
        }

        return samples;
    }
}
