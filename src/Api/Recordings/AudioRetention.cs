using CallCenter.Api.Customers;
using CallCenter.Api.Hosting;
using CallCenter.Api.Retention;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Recordings;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing.Voicemails;

namespace CallCenter.Api.Recordings;

/// <summary>Once an hour, and at each start: deletes what is older than its queue or the center keeps, but for customers under legal hold. By an event each; the files go when <see cref="AudioErasure"/> comes to it.</summary>
internal sealed class AudioRetention(Center center, TimeProvider clock) : ITimerHandler
{
    public const string By = "retention";

    /// <summary>Of each sort and queue at a time; what is left over is looked for soon after.</summary>
    private const int Most = 1_000;

    private static readonly Guid Timer = new("0194f000-0000-7000-8000-0000000000a1");
    private static readonly Aggregate<Call> Calls = new(Call.StreamType, Call.Initial, (call, e) => Call.Evolve(call, (CallEvent)e));
    private static readonly EventMetadata Metadata = new(null, null, By);

    private readonly DurableTimers _timers = new(center.Source, clock);

    public string Kind => "audio_retention";

    /// <summary>A database that is away for a day ends no retention.</summary>
    public RetryPolicy Retry { get; } = new(300, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2));

    /// <summary>Has the first look now.</summary>
    public Task ScheduleAsync(CancellationToken ct) => _timers.ScheduleAsync(new TimerRequest(Timer, Kind, clock.GetUtcNow(), "{}"), ct);

    public async Task FireAsync(DueTimer timer, CancellationToken ct)
    {
        var isLeftOver = false;
        var held = await new HeldCallers(center).KeysAsync(ct);
        foreach (var (queue, settings) in await new QueueQueries(center.Source, clock).SettingsAsync(ct))
        {
            if (settings.KeepAudioDays > 0)
            {
                isLeftOver |= await DeleteRecordingsAsync(queue, settings.KeepAudioDays, held, ct) | await DeleteMessagesAsync(queue, settings.KeepAudioDays, held, ct);
            }
        }

        var kept = await new RetentionBook(center.Store, clock).SettingsAsync(ct);
        isLeftOver |= kept.RecordingDays > 0 && await DeleteRecordingsAsync(null, kept.RecordingDays, held, ct);
        isLeftOver |= kept.VoicemailDays > 0 && await DeleteMessagesAsync(null, kept.VoicemailDays, held, ct);

        await _timers.ScheduleAsync(new TimerRequest(Timer, Kind, clock.GetUtcNow() + (isLeftOver ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1)), "{}"), ct);
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> DeleteRecordingsAsync(Guid? queue, int days, string[] held, CancellationToken ct)
    {
        var recordings = await new RecordingQueries(center.Source).KeptAsync(queue, clock.GetUtcNow() - TimeSpan.FromDays(days), Most, held, ct);
        var handler = new CommandHandler(center.Store);
        foreach (var (id, call) in recordings)
        {
            // Refused where it has been deleted meanwhile: there is nothing left to do.
            await handler.HandleAsync(
                Calls, call, state => [.. CallDecider.Decide(new DeleteRecording(id, By, clock.GetUtcNow()), state).Events.Select(e => EventData.Of(e))], Metadata, ct: ct);
        }

        return recordings.Count == Most;
    }

    /// <inheritdoc cref="DeleteRecordingsAsync"/>
    private async Task<bool> DeleteMessagesAsync(Guid? mailbox, int days, string[] held, CancellationToken ct)
    {
        var messages = await new VoicemailQueries(center.Source).KeptAsync(mailbox, clock.GetUtcNow() - TimeSpan.FromDays(days), Most, held, ct);
        var voicemails = new VoicemailHandler(center.Store, clock);
        foreach (var id in messages)
        {
            await voicemails.HandleAsync(id, at => new DeleteVoicemail(By, at), By, ct);
        }

        return messages.Count == Most;
    }
}
