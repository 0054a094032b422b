using System.Security.Cryptography;
using System.Text;

using CallCenter.Telephony;

using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>The digest hashes of the phones, in memory: the switch asks for one at every REGISTER.</summary>
internal sealed class SipCredentials : IAccounts
{
    public const string Realm = "callcenter";

    private readonly Dictionary<string, SipAccount> _accounts;

    private SipCredentials(Dictionary<string, SipAccount> accounts) => _accounts = accounts;

    public SipAccount? Find(string extension) => _accounts.GetValueOrDefault(extension);

    public static async Task<SipCredentials> LoadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select extension, ha1_md5, ha1_sha256, display_name from callcenter.sip_credentials");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new Dictionary<string, SipAccount>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            accounts.Add(reader.GetString(0), new SipAccount(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        }

        return new SipCredentials(accounts);
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
