using CallCenter.Domain.Calls;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Recordings;

/// <summary>Deletes the files of messages and recordings that were deleted, and of persons who were forgotten: their voices go with their names. What is written of them in the trail, hashes included, stays.</summary>
internal sealed class AudioErasure(NpgsqlDataSource source, Func<long, CancellationToken, Task> readModelsShow, string folder) : ISubscription
{
    public string Name => "audio_erasure";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(VoicemailDeleted), typeof(CallRecordingDeleted), typeof(PersonForgotten)];

    public SubscriptionStart Start => SubscriptionStart.FromBeginning;

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        await readModelsShow(stored.Position, ct);
        var files = stored.Data switch
        {
            VoicemailDeleted e => await FilesAsync("select file from voicemails.voicemails where id = $1", e.VoicemailId, ct),
            CallRecordingDeleted e => await FilesAsync("select file from recordings.recordings where id = $1", e.RecordingId, ct),
            PersonForgotten e => await FilesAsync(
                """
                select v.file from voicemails.voicemails v where exists (select from unnest($1) t (start) where starts_with(v.from_number, t.start))
                union
                select r.file from recordings.recordings r join calls.calls c on c.id = r.call_id
                where exists (
                    select from unnest($1) t (start) where starts_with(c.from_number, t.start) or starts_with(c.to_number, t.start) or starts_with(c.customer_number, t.start))
                """, e.Keys.Select(PersonalToken.StartOf).ToArray(), ct),
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
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var files = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            files.Add(reader.GetString(0));
        }

        return files;
    }
}
