using CallCenter.Api.Customers;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Holds;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Recordings;

/// <summary>
/// Deletes the files of messages and recordings that were deleted, and of persons who were forgotten, with the SIP messages of their calls: their voices go with their names. What is written of them in
/// the trail, hashes included, stays. Files of customers under legal hold stay until that is released, whoever deleted the message.
/// </summary>
internal sealed class AudioErasure(Center center, string folder) : ISubscription
{
    private const string NotHeld = "not exists (select from calls.calls c join unnest($2) k (key) on k.key in (c.from_key, c.to_key, c.customer_key) where c.id = x.call_id)";

    private readonly PersonErasure _persons = new(center.Source, folder);

    public string Name => "audio_erasure";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(VoicemailDeleted), typeof(CallRecordingDeleted), typeof(PersonForgotten), typeof(LegalHoldReleased)];

    public SubscriptionStart Start => SubscriptionStart.FromBeginning;

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        await center.Projections.WaitForAsync(stored.Position, ct);
        if (stored.Data is PersonForgotten forgotten)
        {
            await (forgotten.Keys.Count == 0 ? Task.CompletedTask : _persons.EraseAsync(forgotten.Keys, ct));
            return;
        }

        var files = stored.Data switch
        {
            VoicemailDeleted e => await FilesAsync($"select x.file from voicemails.voicemails x where x.id = $1 and {NotHeld}", e.VoicemailId, ct),
            CallRecordingDeleted e => await FilesAsync($"select x.file from recordings.recordings x where x.id = $1 and {NotHeld}", e.RecordingId, ct),

            // What was deleted while it was held: most of what was ever deleted has no file any more.
            LegalHoldReleased => (await FilesAsync(
                $"""
                select x.file from voicemails.voicemails x where (x.deleted_at is not null) = $1 and {NotHeld}
                union all select x.file from recordings.recordings x where (x.deleted_at is not null) = $1 and {NotHeld}
                """, true, ct)).Where(file => File.Exists(Path.Combine(folder, file))),
            _ => throw new System.Diagnostics.UnreachableException($"AudioErasure does not take {stored.Data.GetType().Name}."),
        };
        foreach (var file in files)
        {
            // One that is gone already is no error, a folder that is gone is: a disk may not be mounted.
            File.Delete(Path.Combine(folder, file));
        }
    }

    private async Task<List<string>> FilesAsync(string sql, object parameter, CancellationToken ct)
    {
        await using var command = center.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        command.Parameters.Add(new NpgsqlParameter { Value = await new HeldCallers(center).KeysAsync(ct) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var files = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            files.Add(reader.GetString(0));
        }

        return files;
    }
}
