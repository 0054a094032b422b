using System.Collections.Immutable;

namespace CallCenter.Domain.Flows;

/// <summary>Where something stands in a flow's text.</summary>
/// <param name="Line">1 is the first.</param>
/// <param name="Column">1 is the first.</param>
public readonly record struct FlowPlace(int Line, int Column);

/// <summary>What is wrong with a flow, and where.</summary>
/// <param name="Place">Where.</param>
/// <param name="Message">What, as a sentence.</param>
public sealed record FlowFault(FlowPlace Place, string Message)
{
    public override string ToString() => $"{Place.Line}:{Place.Column}: {Message}";
}

/// <summary>A flow as its text tells it: what a caller meets from the first step on.</summary>
/// <param name="Name">Unique among flows; letters, digits, - and _.</param>
/// <param name="Language">The voice that speaks unless the call has another language.</param>
/// <param name="Start">Name of the first step.</param>
/// <param name="Variables">Those with a value from the beginning; what the call brings along under the same name goes before.</param>
/// <param name="Steps">By name.</param>
public sealed record FlowDocument(
    string Name, string Language, string Start, ImmutableDictionary<string, string> Variables, ImmutableDictionary<string, FlowStep> Steps);

/// <summary>What is played to the caller: spoken texts and recorded files, one after the other.</summary>
/// <param name="Parts">In order; empty for silence.</param>
public sealed record FlowPrompt(ImmutableArray<FlowPromptPart> Parts)
{
    public static readonly FlowPrompt None = new([]);
}

/// <summary>A text to speak, or the name of a recorded file, in one or several languages.</summary>
/// <param name="IsFile">Whether the texts are names of files.</param>
/// <param name="ByLanguage">By language; the key is empty where one text is for all.</param>
public sealed record FlowPromptPart(bool IsFile, ImmutableDictionary<string, FlowText> ByLanguage)
{
    public const string AnyLanguage = "";

    /// <summary>The text for a language: its own, that of the language without its region, the one for all, or that of the fallback.</summary>
    public (string Language, FlowText Text) For(string language, string fallback) =>
        new[] { language, language.Split('-')[0], AnyLanguage, fallback }.FirstOrDefault(ByLanguage.ContainsKey) is { } found
            ? (found == AnyLanguage ? language : found, ByLanguage[found])
            : ByLanguage.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)).First();
}
