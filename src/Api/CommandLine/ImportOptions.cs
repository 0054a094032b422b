using System.CommandLine;

using CallCenter.Import;

namespace CallCenter.Api.CommandLine;

/// <summary>What can be said of every import.</summary>
internal sealed class ImportOptions
{
    private readonly Option<string?> _batch = new("--batch") { Description = "Name of the batch [default: the file's name]. Several files of one format may make one batch" };
    private readonly Option<bool> _skipBad = new("--skip-bad") { Description = "Leave wrong rows out and list them in a file, instead of importing nothing" };
    private readonly Option<bool> _check = new("--check") { Description = "Only read the file and say what is wrong with it" };

    public void AddTo(Command command)
    {
        command.Options.Add(_batch);
        command.Options.Add(_skipBad);
        command.Options.Add(_check);
    }

    public ImportOrder Order(ParseResult result, FileInfo file, IHistoryFormat format) =>
        new(file.FullName, format, result.GetValue(_batch)) { SkipBad = result.GetValue(_skipBad), CheckOnly = result.GetValue(_check) };
}
