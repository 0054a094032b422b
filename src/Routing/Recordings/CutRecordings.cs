using System.Buffers.Binary;
using System.Security.Cryptography;

using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Routing.Voicemails;

namespace CallCenter.Routing.Recordings;

/// <summary>A file that nobody has told the end of.</summary>
/// <param name="Id">The recording or message.</param>
/// <param name="File">Path below the folder of recordings.</param>
public sealed record CutRecording(Guid Id, Guid CallId, string File);

/// <summary>A message of which nobody has told what came of it.</summary>
/// <param name="From">The caller's number in plain, empty when withheld or forgotten.</param>
public sealed record CutVoicemail(Guid Id, Guid CallId, Guid MailboxId, MailboxOwner Owner, string File, string From, string? CustomerNumber);

/// <summary>Tells, before the first call, what became of recordings and messages that the last process did not live to tell of: what is in their files is kept.</summary>
public sealed class CutRecordings(PostgresEventStore store, string folder, TimeProvider clock)
{
    private const string Cause = "the system stopped before it was told";
    private static readonly EventMetadata Metadata = new(null, null, "system-restart");
    private static readonly Aggregate<Call> Calls = new(Call.StreamType, Call.Initial, (call, e) => Call.Evolve(call, (CallEvent)e));

    public async Task TellAsync(IReadOnlyList<CutRecording> recordings, IReadOnlyList<CutVoicemail> voicemails, CancellationToken ct)
    {
        foreach (var cut in recordings)
        {
            var file = await ReadAsync(cut.File, ct);
            await OnCallAsync(cut.CallId, new FinishRecording(cut.Id, file?.Sha256, file?.Seconds ?? 0, file?.Bytes ?? 0, file is null ? $"{Cause}, and its file is not there" : Cause, clock.GetUtcNow()), ct);
        }

        var handler = new VoicemailHandler(store, clock);
        foreach (var cut in voicemails)
        {
            var file = await ReadAsync(cut.File, ct);
            if (file is null || file.Seconds < (await handler.MailboxAsync(cut.MailboxId, ct)).ShortestSeconds)
            {
                await OnCallAsync(cut.CallId, new DropVoicemail(cut.Id, Cause, clock.GetUtcNow()), ct);
                continue;
            }

            await handler.HandleAsync(
                cut.Id,
                at => new LeaveVoicemail(cut.Id, cut.MailboxId, cut.Owner, cut.From, cut.CallId, cut.File, file.Sha256, file.Seconds, file.Bytes, at, Cause, cut.CustomerNumber),
                "system-restart",
                ct);
        }
    }

    private Task OnCallAsync(Guid call, CallCommand command, CancellationToken ct) =>
        new CommandHandler(store).HandleAsync(Calls, call, state => [.. CallDecider.Decide(command, state).Events.Select(e => EventData.Of(e))], Metadata, ct: ct);

    private async Task<Found?> ReadAsync(string name, CancellationToken ct)
    {
        const int HeaderLength = 44;
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        await using var file = File.OpenRead(path);
        var header = new byte[HeaderLength];
        if (await file.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, ct) < HeaderLength)
        {
            return null;
        }

        // As our own recorder writes it: bytes a second at 28, bytes of sound at 40.
        var perSecond = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(28));
        var sound = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(40));
        file.Position = 0;
        return new Found(Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)), perSecond == 0 ? 0 : Math.Round((double)sound / perSecond, 3), file.Length);
    }

    private sealed record Found(string Sha256, double Seconds, long Bytes);
}
