using CallCenter.Api.Schema;
using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.GraphQL.Execution;

namespace CallCenter.Api.Reading;

/// <summary>Personal texts on their way into a response: what is shown has been told before.</summary>
internal static class ReadingContext
{
    /// <summary>Where a request says why it reads, in its header and among its context data.</summary>
    public const string ReasonHeader = "X-Reason";

    private const int LongestReason = 200;

    /// <summary>The reason as it is kept; null for none.</summary>
    public static string? ReasonOf(HttpContext http) => http.Request.Headers[ReasonHeader].ToString().Trim() is { Length: > 0 } reason ? reason[..Math.Min(reason.Length, LongestReason)] : null;

    /// <summary>Reveals texts of a response in one go.</summary>
    public static Task<IReadOnlyDictionary<PersonalText, string>> RevealAsync(this IResolverContext context, IReadOnlyList<PersonalText> texts, CancellationToken ct) =>
        context.Service<ReadLog>().RevealAsync(context.Service<PersonalReader>(), texts, context.User(), context.Reason(), ct);

    /// <summary>Reveals events of a response in one go.</summary>
    public static async Task<IReadOnlyDictionary<StoredEvent, RevealedEvent>> RevealAsync(this IResolverContext context, IReadOnlyList<StoredEvent> events, CancellationToken ct)
    {
        var revealed = (await context.Service<PersonalReader>().RevealAsync(events, ct)).ToDictionary(e => e.Stored);
        var shown = revealed.Values.Where(e => e.ShowsPersonal).Select(e => e.Stored).ToList();
        await context.NoteAsync(shown.SelectMany(e => EventCatalogue.Personal[e.Data.GetType()]).Select(detail => detail.Kind), shown.Select(e => e.StreamId), ct);
        return revealed;
    }

    /// <summary>Tells that something personal is about to be shown.</summary>
    public static Task NoteAsync(this IResolverContext context, IEnumerable<string> kinds, IEnumerable<Guid> subjects, CancellationToken ct) =>
        context.Service<ReadLog>().NoteAsync(context.User(), kinds, subjects, context.Reason(), ct);

    private static string? Reason(this IResolverContext context) => context.ContextData.GetValueOrDefault(ReasonHeader) as string;
}
