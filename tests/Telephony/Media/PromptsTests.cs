using CallCenter.Telephony.Media;
using CallCenter.Telephony.Tests.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Needs espeak-ng (Debian: apt-get install espeak-ng).</summary>
public sealed class PromptsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prompts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Positions_are_spoken_and_differ_by_their_number()
    {
        var prompts = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        foreach (var position in (int[])[1, 7, 12, 20, 21, 99, 100, 5000])
        {
            var clip = prompts.Position(position);
            clip.Duration.TotalSeconds.ShouldBeInRange(1, 6);
            Signal.Level(clip.Samples).ShouldBeGreaterThan(500);
        }

        prompts.Position(21).Duration.ShouldBeGreaterThan(prompts.Position(20).Duration);
        prompts.Position(3).Samples.SequenceEqual(prompts.Position(4).Samples).ShouldBeFalse();
        prompts.Position(3).ShouldBeSameAs(prompts.Position(3));
        Should.Throw<ArgumentOutOfRangeException>(() => prompts.Position(0));
    }

    [Fact]
    public async Task A_text_is_spoken_in_the_voice_asked_for_and_one_about_a_caller_is_kept_nowhere()
    {
        var prompts = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        var files = Directory.GetFiles(_folder).Length;
        var german = await prompts.SayAsync("seven", "de");
        var english = await prompts.SayAsync("seven");
        german.Samples.SequenceEqual(english.Samples).ShouldBeFalse();
        (await prompts.SayAsync("seven", "de")).ShouldBeSameAs(german);
        (await prompts.SayAsync("seven", "en-us")).ShouldBeSameAs(english);
        Directory.GetFiles(_folder).Length.ShouldBe(files + 1);

        Signal.Level((await prompts.SayOnceAsync("Your balance is 4711.", "en-us")).Samples).ShouldBeGreaterThan(500);
        Directory.GetFiles(_folder).Length.ShouldBe(files + 1);
    }

    [Fact]
    public async Task What_is_in_the_cache_needs_no_synthesiser()
    {
        var first = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        var second = await Prompts.CreateAsync(_folder, new SpeechSynthesizer("no-such-program"), NullLogger.Instance, CancellationToken.None);
        second.Position(42).Samples.SequenceEqual(first.Position(42).Samples).ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_synthesiser_is_an_error_that_says_what_to_install()
    {
        var error = await Should.ThrowAsync<SpeechSynthesisException>(
            () => Prompts.CreateAsync(_folder, new SpeechSynthesizer("no-such-program"), NullLogger.Instance, CancellationToken.None));
        error.Message.ShouldContain("no-such-program");
        error.Message.ShouldContain("apt-get install espeak-ng");
    }

    [Fact]
    public async Task A_failing_synthesiser_is_an_error_with_its_code()
    {
        var error = await Should.ThrowAsync<SpeechSynthesisException>(
            () => Prompts.CreateAsync(_folder, new SpeechSynthesizer("false"), NullLogger.Instance, CancellationToken.None));
        error.Message.ShouldStartWith("false ended with code 1");
    }

    [Fact]
    public async Task Any_text_can_be_said_and_is_kept_in_one_file_even_when_it_looks_like_an_option()
    {
        var prompts = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        var before = Directory.GetFiles(_folder).Length;
        var clip = await prompts.SayAsync("--version 5, thank you for calling");
        clip.Duration.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        (await prompts.SayAsync("--version 5, thank you for calling")).ShouldBeSameAs(clip);
        Directory.GetFiles(_folder).Length.ShouldBe(before + 1);
    }

    [Fact]
    public async Task Two_that_fill_one_cache_at_once_get_the_same_and_leave_no_parts_behind()
    {
        var both = await Task.WhenAll(Prompts.CreateAsync(_folder, NullLogger.Instance), Prompts.CreateAsync(_folder, NullLogger.Instance));
        both[0].Position(55).Samples.SequenceEqual(both[1].Position(55).Samples).ShouldBeTrue();
        Directory.GetFiles(_folder).ShouldAllBe(f => f.EndsWith(".wav", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_made_again()
    {
        var first = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        foreach (var file in Directory.GetFiles(_folder))
        {
            await File.WriteAllTextAsync(file, "RIFF and nothing more");
        }

        var second = await Prompts.CreateAsync(_folder, NullLogger.Instance);
        second.Position(8).Samples.SequenceEqual(first.Position(8).Samples).ShouldBeTrue();
    }

    [Fact]
    public async Task What_cannot_be_kept_is_said_all_the_same()
    {
        var cache = Path.Combine(_folder, "cache");
        var prompts = await Prompts.CreateAsync(cache, NullLogger.Instance);
        Directory.Delete(cache, recursive: true);
        await File.WriteAllTextAsync(cache, "where a folder was");
        Signal.Level((await prompts.SayAsync("The disk takes nothing more.")).Samples).ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task A_synthesiser_that_never_ends_is_stopped_with_all_that_it_started()
    {
        var (program, child) = (Path.Combine(_folder, "hung"), Path.Combine(_folder, "child"));
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nsleep 600 &\necho $! >{child}.part\nmv {child}.part {child}\nwait\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var clock = new ManualTime();
        var speaking = new SpeechSynthesizer(program, clock).SpeakAsync("nothing", SpeechSynthesizer.Voice, CancellationToken.None);
        SpinWait.SpinUntil(() => File.Exists(child), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        clock.SetNow(clock.GetUtcNow() + SpeechSynthesizer.Patience);
        (await Should.ThrowAsync<SpeechSynthesisException>(() => speaking)).Message.ShouldContain("still not done after 10 s");
        SpinWait.SpinUntil(() => !Runs(File.ReadAllText(child).Trim()), TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    // What has ended and waits for somebody to ask how is still listed, as a zombie.
    private static bool Runs(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
