using System.Diagnostics;

using CallCenter.Domain.Flows;

namespace CallCenter.Routing.Ivr;

/// <summary>Asks other systems for flows, so many at a time. What they are asked and answer is the callers' and goes into no log: reasons name the kind of failure only.</summary>
public sealed class Lookups : IAsyncDisposable
{
    private readonly SemaphoreSlim _turns;
    private readonly TimeProvider _clock;
    private readonly HttpLookup _http;
    private readonly SqlLookup _sql;

    /// <param name="connections">Npgsql connection strings by name.</param>
    /// <param name="clock">For the time-outs.</param>
    /// <param name="atOnce">How many questions are under way at a time; further ones wait, as long as theirs may take.</param>
    /// <param name="services">Web services by name; null for none.</param>
    public Lookups(IReadOnlyDictionary<string, string> connections, TimeProvider clock, int atOnce = 50, IReadOnlyDictionary<string, WebService>? services = null) =>
        (_turns, _clock, _sql, _http) = (new SemaphoreSlim(atOnce), clock, new SqlLookup(connections), new HttpLookup(services ?? new Dictionary<string, WebService>(StringComparer.Ordinal)));

    /// <summary>Asks, again after a failure as often as the question allows. Never throws.</summary>
    public async Task<FlowAnswer> AskAsync(FlowQuestion question)
    {
        FlowAnswer answer = new FlowAnswer.Failed("it was not asked");
        for (var i = 0; i <= question.Retries; i++)
        {
            answer = await OnceAsync(question);
            if (answer is not FlowAnswer.Failed)
            {
                return answer;
            }
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sql.DisposeAsync();
        _turns.Dispose();
    }

    private async Task<FlowAnswer> OnceAsync(FlowQuestion question)
    {
        using var limit = new CancellationTokenSource(question.Timeout, _clock);
        try
        {
            await _turns.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return new FlowAnswer.Failed($"too many are asked at once, no turn within {question.Timeout.TotalSeconds} s");
        }

        try
        {
            return await (question switch
            {
                FlowHttpQuestion http => _http.AskAsync(http, limit.Token),
                FlowSqlQuestion sql => _sql.AskAsync(sql, limit.Token),
                _ => throw new UnreachableException($"{question.GetType().Name} is no question."),
            });
        }
        catch (Exception e) when (limit.IsCancellationRequested || e is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.QueryCanceled })
        {
            return new FlowAnswer.Failed($"no answer within {question.Timeout.TotalSeconds} s ({e.GetType().Name})");
        }
        catch (Exception e) when (e is not UnreachableException)
        {
            // Its message may have the caller's values in it.
            return new FlowAnswer.Failed(e is Npgsql.PostgresException { SqlState: var state } ? $"SQLSTATE {state}" : e.InnerException is { } inner ? $"{e.GetType().Name}, {inner.GetType().Name}" : e.GetType().Name);
        }
        finally
        {
            _turns.Release();
        }
    }
}
