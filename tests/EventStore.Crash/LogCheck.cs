using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>What must hold of a log, whatever was killed while it was written.</summary>
internal static class LogCheck
{
    /// <summary>Every event once; every request whole or absent; every acknowledged one there, where it was said to be; every stream without a gap. Gives how many are there that were not acknowledged.</summary>
    public static int Check(IReadOnlyList<StoredEvent> log, IReadOnlyDictionary<Guid, long> acknowledged)
    {
        log.Select(stored => stored.Id).Distinct().Count().ShouldBe(log.Count, "every event id is there once");
        log.Zip(log.Skip(1)).Where(pair => pair.First.Position >= pair.Second.Position).ShouldBeEmpty("positions rise");
        var requests = log.GroupBy(stored => ((Written)stored.Data).Request).ToDictionary(request => request.Key, request => request.ToList());
        requests.Where(request => request.Value.Exists(stored => ((Written)stored.Data).Of != request.Value.Count))
            .Select(request => $"{request.Key}: {request.Value.Count} of {((Written)request.Value[0].Data).Of}").ShouldBeEmpty("requests are whole or absent");
        acknowledged.Keys.Where(request => !requests.ContainsKey(request)).ShouldBeEmpty("acknowledged requests are there");
        acknowledged.Where(request => request.Value != 0 && requests[request.Key][^1].Position != request.Value)
            .Select(request => $"{request.Key}: {requests[request.Key][^1].Position}, not {request.Value}").ShouldBeEmpty("requests lie where their acknowledgement said");
        log.GroupBy(stored => stored.StreamId).Where(stream => !stream.Select(stored => stored.Version).SequenceEqual(Enumerable.Range(1, stream.Count()).Select(version => (long)version)))
            .Select(stream => stream.Key).ShouldBeEmpty("versions follow the positions without a gap");
        return requests.Count - acknowledged.Count;
    }

    /// <summary>Each stream's own row says the same as its events.</summary>
    public static async Task CheckStreamRowsAsync(IReadOnlyList<StoredEvent> log, NpgsqlDataSource dataSource)
    {
        var streams = log.GroupBy(stored => stored.StreamId).ToDictionary(stream => stream.Key, stream => stream.LongCount());
        var rows = new Dictionary<Guid, long>();
        await using var command = dataSource.CreateCommand("select id, version from public.mt_streams");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetGuid(0), reader.GetInt64(1));
        }

        rows.Except(streams).ShouldBeEmpty("stream rows that their events do not come to");
        rows.Count.ShouldBe(streams.Count);
    }
}
