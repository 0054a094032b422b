using System.IO.Compression;
using System.Runtime.CompilerServices;

using CsvHelper;
using CsvHelper.Configuration;

namespace CallCenter.Import.AnonymousBank;

/// <summary>A line of the file with its fields.</summary>
internal readonly record struct BankLine(int Number, string Text, string[] Fields);

/// <summary>Reads the whole lines of a bank file, plain or gzip. The end is told apart: whole, or cut in the middle of a line.</summary>
internal sealed class BankFile(string path)
{
    public const string Header = "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server";

    /// <summary>Where and why reading stopped before a whole end; null when the file was whole, or is not read yet.</summary>
    public string? StoppedAt { get; private set; }

    /// <exception cref="ImportException">The file cannot be opened or does not begin with the format's header.</exception>
    public async IAsyncEnumerable<BankLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open();
        using var text = new StreamReader(stream);
        using var csv = new CsvParser(text, new CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture) { Mode = CsvMode.NoEscape, IgnoreBlankLines = false });
        if (!await NextAsync(csv, cancellationToken) || !string.Equals(csv.RawRecord.TrimEnd(), Header, StringComparison.Ordinal))
        {
            throw new ImportException($"{path} is not in the anonymous-bank format: its first line must be \"{Header}\".");
        }

        while (await NextAsync(csv, cancellationToken))
        {
            var raw = csv.RawRecord;
            if (!raw.EndsWith('\n'))
            {
                StoppedAt = $"line {csv.RawRow}: the file ends in the middle of this line (\"{raw}\"), which was left out; complete the line or end it with a newline to import it";
                yield break;
            }

            yield return new BankLine(csv.RawRow, raw.TrimEnd('\r', '\n'), csv.Record!);
        }
    }

    private async Task<bool> NextAsync(CsvParser csv, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await csv.ReadAsync();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            StoppedAt = $"line {csv.RawRow + 1}: the compressed file is damaged or cut here ({e.Message})";
            return false;
        }
    }

    private Stream Open()
    {
        try
        {
            var file = File.OpenRead(path);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"Cannot read {path}: {e.Message}");
        }
    }
}
