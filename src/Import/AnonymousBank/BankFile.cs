using System.IO.Compression;
using System.Runtime.CompilerServices;

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
        var number = 0;
        await foreach (var line in LinesAsync(text, cancellationToken))
        {
            number++;
            var whole = line.EndsWith('\n');
            var content = line.TrimEnd('\n').TrimEnd('\r');
            if (number == 1 && !string.Equals(content, Header, StringComparison.Ordinal))
            {
                throw new ImportException($"{path} is not in the anonymous-bank format: its first line must be \"{Header}\".");
            }

            if (!whole)
            {
                StoppedAt ??= $"line {number}: the file ends in the middle of this line (\"{content}\"), which was left out; complete it and end it with a newline to import it";
                yield break;
            }

            // The format knows no quotes: a comma always parts two fields.
            if (number > 1)
            {
                yield return new BankLine(number, content, content.Split(','));
            }
        }

        if (number == 0)
        {
            throw new ImportException($"{path} is empty.");
        }
    }

    /// <summary>Lines with their newline; the last one without, when the file ends before it.</summary>
    private async IAsyncEnumerable<string> LinesAsync(StreamReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (buffer, begun) = (new char[32_768], "");
        while (await FillAsync(text, buffer, cancellationToken) is > 0 and var count)
        {
            var rest = buffer.AsMemory(0, count);
            while (rest.Span.IndexOf('\n') is >= 0 and var end)
            {
                yield return begun + rest[..(end + 1)];
                (begun, rest) = ("", rest[(end + 1)..]);
            }

            begun += rest;
        }

        if (begun.Length > 0)
        {
            yield return begun;
        }
    }

    private async Task<int> FillAsync(StreamReader text, char[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await text.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            StoppedAt = $"the compressed file is damaged or cut ({e.Message}); the whole lines before that place were imported";
            return 0;
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
