using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CallCenter.EventStore;

/// <summary>Something to be done at a certain time.</summary>
/// <param name="Id">Made by the caller. Scheduling the same again changes nothing; scheduling something else under the same id replaces what was to be done.</param>
/// <param name="Kind">Which <see cref="ITimerHandler"/> it is for.</param>
/// <param name="DueAt">Not before; may be past.</param>
/// <param name="Payload">JSON, for the handler.</param>
public sealed record TimerRequest(Guid Id, string Kind, DateTimeOffset DueAt, string Payload)
{
    /// <summary>A name for exactly this: who asks for the same twice, even after it has fired, asks for one firing.</summary>
    internal Guid FiringId()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Id:N} {DueAt.UtcTicks / TimeSpan.TicksPerMicrosecond} {Kind}\n{Payload}");
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true);
    }

    /// <exception cref="ArgumentException">It cannot be stored.</exception>
    internal static void Check(TimerRequest timer)
    {
        if (timer.Id == Guid.Empty)
        {
            throw new ArgumentException("A timer's id is empty.", nameof(timer));
        }

        if (string.IsNullOrWhiteSpace(timer.Kind))
        {
            throw new ArgumentException($"Timer {timer.Id} has no kind.", nameof(timer));
        }

        try
        {
            JsonDocument.Parse(timer.Payload).Dispose();
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The payload of timer {timer.Id} ({timer.Kind}) is not JSON: {exception.Message}", nameof(timer), exception);
        }
    }
}

/// <summary>A timer whose time has come.</summary>
/// <param name="Id">The timer.</param>
/// <param name="FiringId">The command id for what the handler appends: the same at every attempt, another when the timer is scheduled for something else.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="DueAt">When it was meant to fire.</param>
/// <param name="Payload">JSON, as PostgreSQL's jsonb gives it back.</param>
/// <param name="Attempt">From 1.</param>
public sealed record DueTimer(Guid Id, Guid FiringId, string Kind, DateTimeOffset DueAt, string Payload, int Attempt);

/// <summary>Does what timers of one kind are for.</summary>
public interface ITimerHandler
{
    /// <summary>The kind, the same on every node.</summary>
    string Kind { get; }

    /// <summary>What becomes of a timer whose handler throws.</summary>
    RetryPolicy Retry => RetryPolicy.Default;

    /// <summary>
    /// Carries the timer out. It is called by one node at a time, but again after a failure, a kill or a lost connection: the effect is to be an append under
    /// <see cref="DueTimer.FiringId"/> as its command id, which writes once however often it is called.
    /// </summary>
    Task FireAsync(DueTimer timer, CancellationToken ct);
}
