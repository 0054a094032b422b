using Npgsql;

namespace CallCenter.Api.Trunks;

/// <summary>
/// The passwords of our accounts at providers. In plain: the realm that they are hashed with is the provider's, and becomes known with its challenge. They are no events (adr/0006), and no
/// query tells them.
/// </summary>
internal sealed class TrunkPasswords(NpgsqlDataSource source)
{
    public async Task<IReadOnlyDictionary<Guid, string>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select trunk_id, password from callcenter.trunk_passwords");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var passwords = new Dictionary<Guid, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            passwords.Add(reader.GetGuid(0), reader.GetString(1));
        }

        return passwords;
    }

    public async Task SetAsync(Guid trunk, string password, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("insert into callcenter.trunk_passwords (trunk_id, password) values ($1, $2) on conflict (trunk_id) do update set password = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = trunk });
        command.Parameters.Add(new NpgsqlParameter { Value = password });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ForgetAsync(Guid trunk, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("delete from callcenter.trunk_passwords where trunk_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = trunk });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
