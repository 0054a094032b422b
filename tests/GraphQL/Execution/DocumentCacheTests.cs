using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class DocumentCacheTests
{
    [Fact]
    public void The_least_recently_used_document_makes_room()
    {
        var cache = new DocumentCache(capacity: 2);
        var document = new ValidDocument(Parser.Parse("{ a }"));
        cache.Add("a", document);
        cache.Add("b", document);
        cache.TryGet("a", out _).ShouldBeTrue();
        cache.Add("c", document);
        cache.Count.ShouldBe(2);
        cache.TryGet("a", out var found).ShouldBeTrue();
        found.ShouldBeSameAs(document);
        cache.TryGet("b", out _).ShouldBeFalse();
        cache.TryGet("c", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_cache_of_no_size_keeps_nothing()
    {
        var cache = new DocumentCache(capacity: 0);
        cache.Add("a", new ValidDocument(Parser.Parse("{ a }")));
        cache.TryGet("a", out _).ShouldBeFalse();
    }
}
