using System.Runtime.CompilerServices;

using CallCenter.Domain.Calls;

namespace CallCenter.Import.AnonymousBank;

/// <summary>The bank's calls. A call's key is its row, so a longer file that begins alike adds only what is new. Queues (one a service type) and agents (one a server) are made as needed.</summary>
public sealed class BankFormat : IHistoryFormat
{
    public string Name => "anonymous-bank";

    public async IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (file, seen) = (new BankFile(path), new Dictionary<Guid, int>());
        await foreach (var line in file.ReadAsync(cancellationToken))
        {
            notes.Rows++;
            var row = BankRow.Read(line.Fields, (reason, detail) => notes.Judge(line.Number, reason, detail), (column, value, message) => notes.Refuse(line.Number, column, value, message));
            if (row is null)
            {
                continue;
            }

            // Two rows that are alike to the letter are two calls: the second is told apart by being the second.
            var key = $"call|{line.Text}";
            var times = seen[HistoryId.Of(key)] = seen.GetValueOrDefault(HistoryId.Of(key)) + 1;
            yield return new History(times == 1 ? key : $"{key}|{times}", Call.StreamType, (id, cast) => BankCall.Events(id, row, cast));
        }

        notes.StoppedAt = file.StoppedAt;
    }
}
