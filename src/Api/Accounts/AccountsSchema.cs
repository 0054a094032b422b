using Npgsql;

namespace CallCenter.Api.Accounts;

/// <summary>Tables of secrets and of phones. They are no events: a log that is kept for ever must not keep a password (adr/0006, adr/0007).</summary>
internal static class AccountsSchema
{
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select pg_advisory_xact_lock(hashtext('callcenter.accounts'));
            create schema if not exists callcenter;
            create table if not exists callcenter.users (
                id uuid primary key,
                user_name text not null unique,
                display_name text not null,
                password_hash text not null,
                roles text[] not null);
            create table if not exists callcenter.sip_credentials (
                extension text primary key,
                ha1_md5 text not null,
                ha1_sha256 text not null,
                display_name text not null);
            create table if not exists callcenter.phone_bindings (
                extension text primary key,
                bindings jsonb not null);
            create table if not exists callcenter.trunk_passwords (
                trunk_id uuid primary key,
                password text not null);
            create table if not exists callcenter.keys (
                name text primary key,
                value bytea not null);
            alter table callcenter.users add column if not exists agent_id uuid;
            create table if not exists callcenter.agent_logins (
                number text primary key,
                agent_id uuid not null unique,
                pin_hash text not null);
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
