using System.Security.Claims;
using System.Security.Cryptography;

using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>Issues and reads the signed tokens of signed-in users (JWT, HS256; the key lies in the database, so all nodes share it).</summary>
public sealed class Tokens(byte[] key, TimeProvider clock)
{
    private const string Issuer = "callcenter";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly SymmetricSecurityKey _key = new(key);

    /// <summary>With the database's key, made at its first use.</summary>
    public static async Task<Tokens> LoadAsync(NpgsqlDataSource source, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var insert = source.CreateCommand("insert into callcenter.keys (name, value) values ('tokens', $1) on conflict (name) do nothing");
        insert.Parameters.Add(new NpgsqlParameter { Value = RandomNumberGenerator.GetBytes(32) });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var select = source.CreateCommand("select value from callcenter.keys where name = 'tokens'");
        return new Tokens((byte[])(await select.ExecuteScalarAsync(cancellationToken))!, clock);
    }

    public (string Token, DateTimeOffset ExpiresAt) Issue(User user)
    {
        var now = clock.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Subject = new ClaimsIdentity(
            [
                new Claim("sub", user.Id.ToString()), new Claim("name", user.UserName), new Claim("display_name", user.DisplayName),
                .. user.Roles.Select(r => new Claim("roles", r.ToString())),
            ]),
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
        return (token, expires);
    }

    /// <summary>The user of a token that we issued and that has not expired; otherwise null.</summary>
    public async Task<User?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidateAudience = false,
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ClockSkew = TimeSpan.Zero,
            LifetimeValidator = (from, to, _, _) => from <= clock.GetUtcNow().UtcDateTime && clock.GetUtcNow().UtcDateTime < to,
        });
        if (!result.IsValid)
        {
            return null;
        }

        var claims = result.ClaimsIdentity;
        return new User(
            Guid.Parse(claims.FindFirst("sub")!.Value), claims.FindFirst("name")!.Value, claims.FindFirst("display_name")!.Value,
            [.. claims.FindAll("roles").Select(c => Enum.Parse<Role>(c.Value))]);
    }
}
