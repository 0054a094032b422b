using Microsoft.AspNetCore.Identity;

using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>By which number and PIN agents sign in at any phone. PINs are kept as hashes, and are no events (adr/0006).</summary>
public sealed class AgentLogins(NpgsqlDataSource source)
{
    private readonly PasswordHasher<string> _hasher = new();
    private readonly Lazy<string> _nobodysHash = new(() => new PasswordHasher<string>().HashPassword("", Guid.NewGuid().ToString()));

    /// <summary>Gives the agent this number and PIN in place of those it had.</summary>
    /// <returns>False when the number is another agent's.</returns>
    public async Task<bool> SetAsync(Guid agent, string number, string pin, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            with gone as (delete from callcenter.agent_logins where agent_id = $2 and number <> $1)
            insert into callcenter.agent_logins as l (number, agent_id, pin_hash) values ($1, $2, $3)
            on conflict (number) do update set pin_hash = $3 where l.agent_id = $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        command.Parameters.Add(new NpgsqlParameter { Value = agent });
        command.Parameters.Add(new NpgsqlParameter { Value = _hasher.HashPassword(number, pin) });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task ForgetAsync(Guid agent, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("delete from callcenter.agent_logins where agent_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = agent });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The agent, when number and PIN are right. A wrong number costs the same time as a wrong PIN: both verify a hash.</summary>
    public async Task<Guid?> VerifyAsync(string number, string pin, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select agent_id, pin_hash from callcenter.agent_logins where number = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        (Guid Agent, string Hash)? found = await reader.ReadAsync(cancellationToken) ? (reader.GetGuid(0), reader.GetString(1)) : null;
        var result = _hasher.VerifyHashedPassword(number, found?.Hash ?? _nobodysHash.Value, pin);
        return found is { } login && result != PasswordVerificationResult.Failed ? login.Agent : null;
    }
}
