using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Queues;

public sealed class CallerSentencesTests
{
    [Fact]
    public void Every_language_of_queues_has_every_sentence_in_words_of_its_own()
    {
        var all = QueueSentences.Languages.SelectMany(language => Words(CallerSentences.Of(language))).ToList();
        all.Count.ShouldBe(7 * 6);
        all.ShouldBeUnique();
        all.ShouldAllBe(words => words.EndsWith('.'));
        QueueSentences.Languages.ShouldAllBe(language => CallerSentences.Of(language).CalledBackBy("Support").Contains("Support", StringComparison.Ordinal));
    }

    [Fact]
    public void A_region_makes_another_voice_only_and_a_language_without_sentences_has_the_english_ones()
    {
        CallerSentences.Of("de-at").ShouldBe(CallerSentences.Of("de"));
        CallerSentences.Of("fi").ShouldBe(CallerSentences.Of("en"));
    }

    private static string[] Words(CallerSentences s) => [s.PlaceKept, s.CalledBack, s.Greeting, s.Goodbye, s.NotRecorded, s.Thanks];
}
