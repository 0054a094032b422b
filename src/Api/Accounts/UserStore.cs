using Microsoft.AspNetCore.Identity;

using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>Local user accounts.</summary>
public sealed class UserStore(NpgsqlDataSource source)
{
    private readonly PasswordHasher<User> _hasher = new();
    private readonly Lazy<string> _nobodysHash = new(() => new PasswordHasher<User>().HashPassword(null!, Guid.NewGuid().ToString()));

    public async Task<bool> ExistsAsync(string userName, CancellationToken cancellationToken) => await FindAsync(userName, cancellationToken) is not null;

    /// <summary>Makes the account, or gives it this password when it has another one.</summary>
    public async Task SetPasswordAsync(string userName, string displayName, string password, Role[] roles, CancellationToken cancellationToken)
    {
        if (await VerifyAsync(userName, password, cancellationToken) is not null)
        {
            return;
        }

        await using var command = source.CreateCommand("""
            insert into callcenter.users (id, user_name, display_name, password_hash, roles) values ($1, $2, $3, $4, $5)
            on conflict (user_name) do update set password_hash = $4
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new NpgsqlParameter { Value = userName });
        command.Parameters.Add(new NpgsqlParameter { Value = displayName });
        command.Parameters.Add(new NpgsqlParameter { Value = _hasher.HashPassword(null!, password) });
        command.Parameters.Add(new NpgsqlParameter { Value = roles.Select(r => r.ToString()).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Says which agent a user is; null for none. False when there is no such user.</summary>
    public async Task<bool> SetAgentAsync(string userName, Guid? agent, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("update callcenter.users set agent_id = $2 where user_name = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = userName });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)agent ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>The agent that a user is; null for a user who is none.</summary>
    public async Task<Guid?> AgentOfAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select agent_id from callcenter.users where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = user });
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>The user, when name and password are right. A wrong name costs the same time as a wrong password: both verify a hash.</summary>
    public async Task<User?> VerifyAsync(string userName, string password, CancellationToken cancellationToken)
    {
        var found = await FindAsync(userName, cancellationToken);
        var result = _hasher.VerifyHashedPassword(null!, found?.Hash ?? _nobodysHash.Value, password);
        return found is { } account && result != PasswordVerificationResult.Failed ? account.User : null;
    }

    private async Task<(User User, string Hash)?> FindAsync(string userName, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, user_name, display_name, roles, password_hash from callcenter.users where user_name = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = userName });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (new User(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), [.. reader.GetFieldValue<string[]>(3).Select(Enum.Parse<Role>)]), reader.GetString(4))
            : null;
    }
}
