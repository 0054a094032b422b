using System.CommandLine;

using CallCenter.Api.Reports;

namespace CallCenter.Api.CommandLine;

/// <summary>The options of a report: those that <c>/reports</c> takes as parameters.</summary>
internal sealed class ReportOptions
{
    private readonly Dictionary<string, Option<string[]>> _options = ReportRequest.Parameters.ToDictionary(
        parameter => parameter.Key, parameter => new Option<string[]>($"--{parameter.Key}") { Description = parameter.Value, Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = false },
        StringComparer.Ordinal);

    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="BadReportException">Something is wrong or missing.</exception>
    public ReportRequest Read(ParseResult result, ReportNames names) => ReportRequest.Read(name => result.GetValue(_options[name]) ?? [], names);
}
