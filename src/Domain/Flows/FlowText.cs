using System.Text;

namespace CallCenter.Domain.Flows;

/// <summary>A text with variables in it, like <c>Your balance is {balance}</c>. <c>{number:digits}</c> is spoken digit by digit; <c>{{</c> and <c>}}</c> are the braces themselves.</summary>
public sealed class FlowText
{
    private const string Digits = "digits";

    private readonly string _source;
    private readonly IReadOnlyList<Part> _parts;

    private FlowText(string source, IReadOnlyList<Part> parts) => (_source, _parts) = (source, parts);

    /// <summary>The variables that it needs, each as often as it stands there.</summary>
    public IEnumerable<string> Variables => _parts.Where(part => part.IsVariable).Select(part => part.Text);

    /// <summary>What stands before the first variable.</summary>
    public string Beginning => _parts is [{ IsVariable: false } first, ..] ? first.Text : "";

    /// <summary>Reads a text.</summary>
    /// <param name="source">As it is written.</param>
    /// <param name="text">What it means; null when it is wrong.</param>
    /// <param name="fault">What is wrong with it, as a sentence; null when nothing is.</param>
    public static bool TryParse(string source, out FlowText? text, out string? fault)
    {
        var (parts, literal, at) = (new List<Part>(), new StringBuilder(), 0);
        (text, fault) = (null, null);
        while (at < source.Length)
        {
            var c = source[at];
            if (c is '{' or '}' && at + 1 < source.Length && source[at + 1] == c)
            {
                literal.Append(c);
                at += 2;
                continue;
            }

            if (c == '}')
            {
                fault = "There is a } without its {; the brace itself is written }}.";
                return false;
            }

            if (c != '{')
            {
                literal.Append(c);
                at++;
                continue;
            }

            var end = source.IndexOf('}', at);
            var (name, format) = end < 0 ? ("", "") : Split(source[(at + 1)..end]);
            if (end < 0)
            {
                fault = "There is a { without its }; the brace itself is written {{.";
                return false;
            }

            if (!FlowNames.IsVariable(name))
            {
                fault = $"\"{name}\" is not the name of a variable: letters, digits and _, not a digit first.";
                return false;
            }

            if (format is not ("" or Digits))
            {
                fault = $"\"{format}\" is no way to say a variable; the one there is is {Digits}.";
                return false;
            }

            if (literal.Length > 0)
            {
                parts.Add(new Part(literal.ToString(), false, false));
                literal.Clear();
            }

            parts.Add(new Part(name, true, format == Digits));
            at = end + 1;
        }

        if (literal.Length > 0)
        {
            parts.Add(new Part(literal.ToString(), false, false));
        }

        text = new FlowText(source, parts);
        return true;
    }

    /// <summary>The text with the variables' values; one that has none is empty.</summary>
    /// <param name="variables">The values.</param>
    /// <param name="write">What becomes of a value where it is put in, e.g. an escaping; null leaves it.</param>
    public string Expand(IReadOnlyDictionary<string, string> variables, Func<string, string>? write = null)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            var value = part.IsVariable ? variables.GetValueOrDefault(part.Text, "") : part.Text;
            text.Append(!part.IsVariable ? value : part.DigitByDigit ? string.Join(' ', value.AsEnumerable()) : write?.Invoke(value) ?? value);
        }

        return text.ToString();
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => _source;

    private static (string Name, string Format) Split(string inner) =>
        inner.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? (inner[..colon].Trim(), inner[(colon + 1)..].Trim()) : (inner.Trim(), "");

    private readonly record struct Part(string Text, bool IsVariable, bool DigitByDigit);
}
