using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Numbers.NumberEvent>;

namespace CallCenter.Domain.Numbers;

public static class NumberDecider
{
    private const int MostAttributes = 50;
    private const int LongestText = 200;

    public static Decision<NumberEvent> Decide(NumberCommand command, DialledNumber number)
    {
        var at = command.At.NotBefore(number.LastAt);
        return command switch
        {
            ConfigureNumber { Number: var n } when n.Length is 0 or > 32 || !n.All(IsDialable) => Refuse("NUMBER", $"\"{n}\" is not a number that can be dialled."),
            ConfigureNumber { Settings: var s } when Fault(s) is { } fault => Refuse("NUMBER_SETTINGS", fault),
            ConfigureNumber c => Accept(new NumberConfigured(DialledNumber.IdOf(c.Number), c.Number, c.Settings, at)),
            RemoveNumber when number.Settings is null => Refuse("NUMBER_NOT_FOUND", "There is no such number."),
            RemoveNumber => Accept(new NumberRemoved(number.Id, at)),
            _ => throw new UnreachableException($"DialledNumber does not decide {command.GetType().Name}."),
        };
    }

    private static string? Fault(NumberSettings settings) => settings switch
    {
        { To: { Target: null, Kind: not DestinationKind.HangUp } to } => $"A number leads to a {to.Kind.ToString().ToLowerInvariant()} by its name or id: say which.",
        { Priority: < 0 or > 9 } => $"A priority is 0 to 9, not {settings.Priority}.",
        { Language: { } language } when !Flows.FlowNames.IsLanguage(language) => $"\"{language}\" is not a language like en-us or de.",
        { Topic.Length: 0 or > LongestText } => $"A topic has 1 to {LongestText} characters.",
        { Attributes.Count: > MostAttributes } => $"A number sets at most {MostAttributes} attributes, not {settings.Attributes.Count}.",
        { Needs: { } needs } when needs.Fault() is { } fault => fault,
        _ => settings.Attributes.Select(Fault).FirstOrDefault(fault => fault is not null),
    };

    private static string? Fault(KeyValuePair<string, string> attribute) =>
        !Flows.FlowNames.IsVariable(attribute.Key) || Flows.FlowNames.BuiltIn.Contains(attribute.Key, StringComparer.Ordinal)
            ? $"\"{attribute.Key}\" is not the name of an attribute: letters, digits and _, not a digit first; caller, dialled and language have a meaning of their own."
            : attribute.Value.Length > LongestText ? $"Attribute {attribute.Key} has at most {LongestText} characters." : null;

    private static bool IsDialable(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_';
}
