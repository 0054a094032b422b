using System.Net;

using CallCenter.Api.Accounts;
using CallCenter.Telephony;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

using Npgsql;

namespace CallCenter.Api.Tests;

/// <summary>Phones' bindings in the database, over a restart.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PhoneBindingTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Everything_of_a_binding_is_kept_and_a_row_of_an_earlier_release_is_read()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await AccountsSchema.EnsureAsync(source, default);
        var plain = new Binding("sip:a@192.0.2.1", IPEndPoint.Parse("192.0.2.1:5060"), true, At, At.AddHours(1));
        var whole = plain with { Q = 0.5, Path = "<sip:192.0.2.9;lr>", Instance = "\"<urn:uuid:f81d4fae>\"", RegId = 2 };
        await using (var first = await PhoneBindings.OpenAsync(source, NullLogger.Instance, default))
        {
            first.Save("2001", [whole, plain]);
            first.Save("2002", [plain]);
            first.Save("2002", []);
        }

        await using (var command = source.CreateCommand("""
            insert into callcenter.phone_bindings (extension, bindings) values
            ('2003', '[{"Contact":"sip:a@192.0.2.1","Source":"192.0.2.1:5060","IsDirect":true,"RegisteredAt":"2026-01-05T09:00:00+00:00","ExpiresAt":"2026-01-05T10:00:00+00:00"}]')
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using var second = await PhoneBindings.OpenAsync(source, NullLogger.Instance, default);
        var kept = second.Load();
        kept.Keys.ShouldBe(["2001", "2003"], ignoreOrder: true);
        kept["2001"].ShouldBe([whole, plain]);
        kept["2003"].ShouldBe([plain]);
    }
}
