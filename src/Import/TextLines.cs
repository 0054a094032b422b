using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace CallCenter.Import;

/// <summary>Reads the whole lines of a text file, plain or gzip. The end is told apart: whole, or cut in the middle of a line.</summary>
/// <param name="encoding">Null for UTF-8. A byte order mark goes before.</param>
internal sealed class TextLines(string path, Encoding? encoding = null)
{
    /// <summary>Where and why reading stopped before a whole end; null when the file was whole, or is not read yet.</summary>
    public string? StoppedAt { get; private set; }

    /// <summary>Lines with their numbers from 1, without what ends them.</summary>
    /// <exception cref="ImportException">The file cannot be opened, or is empty.</exception>
    public async IAsyncEnumerable<(int Number, string Text)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open();
        using var text = new StreamReader(stream, encoding ?? Encoding.UTF8);
        var number = 0;
        await foreach (var line in LinesAsync(text, cancellationToken))
        {
            number++;
            var content = line.TrimEnd('\n').TrimEnd('\r');
            if (!line.EndsWith('\n'))
            {
                StoppedAt ??= $"line {number}: the file ends in the middle of this line (\"{content}\"), which was left out; complete it and end it with a newline to import it";
                yield break;
            }

            yield return (number, content);
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
