using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using CallCenter.Telephony;

using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>The digest hashes of the phones, in memory: the switch asks for one at every REGISTER.</summary>
internal sealed class SipCredentials(NpgsqlDataSource source) : IAccounts
{
    public const string Realm = "callcenter";

    private readonly ConcurrentDictionary<string, SipAccount> _accounts = new(StringComparer.Ordinal);

    public SipAccount? Find(string extension) => _accounts.GetValueOrDefault(extension);

    /// <summary>Takes up what is kept.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select extension, ha1_md5, ha1_sha256, display_name from callcenter.sip_credentials");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            _accounts[reader.GetString(0)] = new SipAccount(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
        }
    }

    /// <summary>Gives a phone a password, for its next REGISTER.</summary>
    public async Task SetAsync(string extension, string password, string displayName, CancellationToken cancellationToken)
    {
        await SetAsync(source, extension, password, displayName, cancellationToken);
        await LoadAsync(cancellationToken);
    }

    /// <summary>Keeps the hashes of a phone's password; the password itself is not kept.</summary>
    public static async Task SetAsync(NpgsqlDataSource source, string extension, string password, string displayName, CancellationToken cancellationToken)
    {
        var secret = Encoding.UTF8.GetBytes($"{extension}:{Realm}:{password}");
        await using var command = source.CreateCommand("""
            insert into callcenter.sip_credentials (extension, ha1_md5, ha1_sha256, display_name) values ($1, $2, $3, $4)
            on conflict (extension) do update set ha1_md5 = $2, ha1_sha256 = $3, display_name = $4
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = extension });

        // RFC 7616 section 3.4.2 fixes both algorithms; phones that know only MD5 are still the rule.
#pragma warning disable CA5351
        command.Parameters.Add(new NpgsqlParameter { Value = Convert.ToHexStringLower(MD5.HashData(secret)) });
#pragma warning restore CA5351
        command.Parameters.Add(new NpgsqlParameter { Value = Convert.ToHexStringLower(SHA256.HashData(secret)) });
        command.Parameters.Add(new NpgsqlParameter { Value = displayName });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
