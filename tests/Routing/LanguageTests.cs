using System.Collections.Concurrent;

using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Routing.Tests;

/// <summary>What callers are told in the language of their queue, or in their own where their number says so.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LanguageTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("1000", "de")]
    [InlineData("3001", "fr")]
    public async Task Who_leaves_a_message_is_greeted_and_thanked_in_that_language(string number, string language)
    {
        await using var floor = await StartAsync();
        var heard = Hears(floor);
        var caller = floor.Switch.Call(number);
        await floor.VerbAsync($"DetectDtmf {caller.Value}");
        floor.Switch.Notify(new DtmfReceived(caller, '9', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"Record {caller.Value}");
        var (id, path) = floor.Switch.Recordings.ShouldHaveSingleItem();
        floor.Switch.Notify(new RecordingFinished(id, path, TimeSpan.FromSeconds(4), "aa", 64_044, null) { HeardUntil = TimeSpan.FromSeconds(4) });
        await floor.VerbAsync($"HangUp {caller.Value}");
        await ShouldHearAsync(heard, CallerSentences.Of(language).Greeting, language);
        await ShouldHearAsync(heard, CallerSentences.Of(language).Thanks, language);
    }

    [Fact]
    public async Task Who_keeps_the_place_and_is_called_back_is_told_so_in_the_queues_language()
    {
        await using var floor = await StartAsync();
        var heard = Hears(floor);
        var caller = floor.Switch.Call("1000", from: "4930111");
        await floor.VerbAsync($"DetectDtmf {caller.Value}");
        floor.Switch.Notify(new DtmfReceived(caller, '1', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"HangUp {caller.Value}");
        await ShouldHearAsync(heard, CallerSentences.Of("de").PlaceKept, "de");

        await floor.RegisterAsync(0);
        string? Originated() => floor.Switch.Verbs.FirstOrDefault(verb => verb.StartsWith("Originate", StringComparison.Ordinal));
        await RoutingHarness.UntilAsync(() => Task.FromResult(Originated() is not null), () => "nobody is called back");
        floor.Switch.Notify(new LegAnswered(new LegId(long.Parse(Originated()!.Split(' ')[1]))));
        await ShouldHearAsync(heard, CallerSentences.Of("de").CalledBackBy("Support"), "de");
    }

    /// <summary>All that is played from now on; it ends at once.</summary>
    private static ConcurrentQueue<AudioClip> Hears(RoutingHarness floor)
    {
        var heard = new ConcurrentQueue<AudioClip>();
        floor.Switch.PlaysAtOnce = true;
        floor.Switch.Playing = (_, playlist, _) => playlist.Intro.ToList().ForEach(heard.Enqueue);
        return heard;
    }

    private static async Task ShouldHearAsync(ConcurrentQueue<AudioClip> heard, string words, string language)
    {
        var prompts = await Prompts.CreateAsync(Path.Combine(Path.GetTempPath(), "callcenter-test-prompts"), NullLogger.Instance);
        var said = await prompts.SayAsync(words, language);
        await RoutingHarness.UntilAsync(() => Task.FromResult(heard.Any(clip => clip.Samples.SequenceEqual(said.Samples))), () => $"nobody hears \"{words}\"");
    }

    private async Task<RoutingHarness> StartAsync()
    {
        var floor = await RoutingHarness.StartAsync(postgres, dialsOut: true, with: settings => settings with { Language = "de", VoicemailKey = "9", CallbackKey = "1" });
        var number = new NumberConfigured(DialledNumber.IdOf("3001"), "3001", new NumberSettings(new(Domain.DestinationKind.Queue, "Support")) { Language = "fr" }, DateTimeOffset.UtcNow);
        await floor.AppendAsync(number.NumberId, DialledNumber.StreamType, number);
        await floor.Router.ConfigureAsync();
        return floor;
    }
}
