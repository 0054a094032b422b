using System.Diagnostics;

using Npgsql;

namespace CallCenter.Calls.Bench;

/// <summary>What one step of a constant rate came to.</summary>
/// <param name="FailedPercent">Calls that went wrong on the wire, or that no agent answered while the caller was there.</param>
/// <param name="P50">From the INVITE to the agent's answer, ms, over the calls that were answered.</param>
/// <param name="P99">The same.</param>
/// <param name="ServerCpu">User and system seconds for 1,000 calls.</param>
/// <param name="DatabaseCpu">The same, of all PostgreSQL's processes.</param>
internal sealed record StepResult(
    int Rate, double FailedPercent, double P50, double P99, double ServerCpu, double DatabaseCpu, double ServerMegabytes, double DatabaseMegabytes, int Retransmissions)
{
    public bool Good => FailedPercent < 1;
}

/// <summary>Runs steps of calls against one server.</summary>
internal sealed class Step(BenchCenter center, ServerProcess server, Sipp sipp, int postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<StepResult> RunAsync(int rate, int seconds, CancellationToken ct)
    {
        await UntilAsync($"select count(*) = {center.Agents} from agents.agents where status = 'Available'", "not all agents are available", ct);
        var begun = await ScalarAsync<DateTime>("select clock_timestamp()", ct);
        var (serverCpu, databaseCpu) = (Proc.CpuSeconds(server.Id), Proc.FamilyCpuSeconds(postgres));
        var counts = await sipp.CallAsync(rate, seconds, ct);
        var (serverMemory, databaseMemory) = (Proc.ResidentMegabytes(server.Id), Proc.FamilyMegabytes(postgres));

        // What the calls cost is paid when the read models show their ends.
        await UntilAsync("select not exists (select from calls.calls where state <> 'Ended')", "calls have not ended", ct);
        await UntilAsync($"select count(*) = {center.Agents} from agents.agents where status = 'Available'", "agents are not free again", ct);
        var thousands = counts.Created / 1000.0;
        (serverCpu, databaseCpu) = ((Proc.CpuSeconds(server.Id) - serverCpu) / thousands, (Proc.FamilyCpuSeconds(postgres) - databaseCpu) / thousands);
        var (handled, p50, p99) = await AnsweredAsync(begun, ct);
        var good = Math.Min(handled, counts.Successful);
        var offered = rate * seconds;
        return new StepResult(
            rate, 100.0 * (offered - good) / offered, p50, p99, serverCpu, databaseCpu, serverMemory, databaseMemory, counts.Retransmissions);
    }

    private async Task<(int Handled, double P50, double P99)> AnsweredAsync(DateTime since, CancellationToken ct)
    {
        await using var command = center.Source.CreateCommand("""
            select count(*)::int,
                coalesce(percentile_cont(0.5) within group (order by ms), 0)::float8,
                coalesce(percentile_cont(0.99) within group (order by ms), 0)::float8
            from (
                select extract(epoch from v.answered_at - c.received_at) * 1000 as ms
                from calls.calls c join calls.visits v on v.call_id = c.id
                where c.received_at >= $1 and v.outcome = 'Handled') answered
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = since });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt32(0), reader.GetDouble(1), reader.GetDouble(2));
    }

    private async Task UntilAsync(string condition, string complaint, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await ScalarAsync<bool>(condition, ct))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"After {Patience.TotalSeconds} s {complaint}.");
            }

            await Task.Delay(200, ct);
        }
    }

    private async Task<T> ScalarAsync<T>(string sql, CancellationToken ct)
    {
        await using var command = center.Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
