using System.Runtime.CompilerServices;

namespace CallCenter.Import.AnonymousBank;

/// <summary>A line of the file with its fields.</summary>
internal readonly record struct BankLine(int Number, string Text, string[] Fields);

/// <summary>Reads the rows of a bank file.</summary>
internal sealed class BankFile(string path)
{
    public const string Header = "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server";

    private readonly TextLines _lines = new(path);

    /// <inheritdoc cref="TextLines.StoppedAt"/>
    public string? StoppedAt => _lines.StoppedAt;

    /// <exception cref="ImportException">The file cannot be opened or does not begin with the format's header.</exception>
    public async IAsyncEnumerable<BankLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (number, text) in _lines.ReadAsync(cancellationToken))
        {
            if (number == 1 && text != Header)
            {
                throw new ImportException($"{path} is not in the anonymous-bank format: its first line must be \"{Header}\".");
            }

            // The format knows no quotes: a comma always parts two fields.
            if (number > 1)
            {
                yield return new BankLine(number, text, text.Split(','));
            }
        }
    }
}
