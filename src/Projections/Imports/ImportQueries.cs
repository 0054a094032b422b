using CallCenter.Domain.Imports;

using Npgsql;

namespace CallCenter.Projections.Imports;

/// <summary>A batch of imported records.</summary>
/// <param name="File">The file that was imported last.</param>
/// <param name="Generation">1, and one more each time that it came again after it was reverted.</param>
/// <param name="Calls">Calls of it that are there, when its last file was read to the end.</param>
/// <param name="Shifts">The same of agents' shifts.</param>
/// <param name="LeftOut">Wrong rows of that file, which were left out.</param>
public sealed record ImportView(Guid Id, string Name, string Format, string File, int Generation, ImportPhase Phase, int Calls, int Shifts, int LeftOut, DateTimeOffset ChangedAt);

/// <summary>Reads the batches of imported records.</summary>
public sealed class ImportQueries(NpgsqlDataSource source)
{
    /// <summary>All, the one that changed last first.</summary>
    public async Task<IReadOnlyList<ImportView>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, name, format, file, generation, phase, calls, shifts, left_out, changed_at from imports.batches order by changed_at desc, name");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batches = new List<ImportView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            batches.Add(new ImportView(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), Enum.Parse<ImportPhase>(reader.GetString(5)),
                reader.GetInt32(6), reader.GetInt32(7), reader.GetInt32(8), reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return batches;
    }
}
