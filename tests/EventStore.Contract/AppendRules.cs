using System.Text.Json;

namespace CallCenter.EventStore.Contract;

/// <summary>What the in-memory store refuses before it looks at any stream.</summary>
internal static class AppendRules
{
    public static void Check(IReadOnlyList<StreamAppend> appends, Guid? commandId)
    {
        Require(appends, commandId != Guid.Empty, "The command id is empty.");
        CheckForm(appends);
        var events = appends.Sum(append => append.Events.Count);
        if (events > AppendLimits.Events)
        {
            throw new AppendTooLargeException(events);
        }

        var bytes = CheckSizes(appends);
        if (bytes > AppendLimits.AppendBytes)
        {
            throw new AppendTooLargeException(events, bytes);
        }
    }

    public static void CheckBulk(IReadOnlyList<StreamAppend> appends)
    {
        CheckForm(appends);
        Require(appends, appends.All(append => append.Expected == ExpectedVersion.NoStream), "A bulk append takes new streams only.");
        CheckSizes(appends);
    }

    private static void CheckForm(IReadOnlyList<StreamAppend> appends)
    {
        Require(appends, appends.Count > 0, "No stream.");
        var ids = appends.SelectMany(append => append.Events).Select(data => data.Id).ToList();
        Require(appends, !ids.Contains(Guid.Empty) && ids.Distinct().Count() == ids.Count, "An event id is empty or used twice.");
        var ends = new Dictionary<Guid, ExpectedVersion>();
        foreach (var append in appends)
        {
            Require(appends, append.StreamId != Guid.Empty && !string.IsNullOrWhiteSpace(append.StreamType) && append.Events.Count > 0, "A stream without id, type or events.");
            Require(appends, !ends.TryGetValue(append.StreamId, out var end) || (end.IsExact && append.Expected == end), $"Stream {append.StreamId} is named again and does not go on.");
            ends[append.StreamId] = append.Expected.After(append.Events.Count);
        }
    }

    private static int CheckSizes(IReadOnlyList<StreamAppend> appends)
    {
        var sum = 0;
        foreach (var data in appends.SelectMany(append => append.Events))
        {
            var type = ContractEvents.Types.NamesOf([data.Data.GetType()])[0];
            var bytes = JsonSerializer.SerializeToUtf8Bytes(data.Data, data.Data.GetType()).Length;
            sum += bytes <= AppendLimits.EventBytes ? bytes : throw new EventTooLargeException(data.Id, type, bytes);
        }

        return sum;
    }

    private static void Require(IReadOnlyList<StreamAppend> appends, bool fulfilled, string rule)
    {
        if (!fulfilled)
        {
            throw new ArgumentException(rule, nameof(appends));
        }
    }
}
