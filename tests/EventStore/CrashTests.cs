using CallCenter.EventStore.Crash;
using CallCenter.Testing;
using Xunit.Abstractions;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class CrashTests(PostgresFixture postgres, ITestOutputHelper output)
{
    [Fact]
    public Task Killing_PostgreSQL_or_the_writer_at_random_points_loses_doubles_and_halves_nothing() =>
        CrashRounds.RunAsync(rounds: 5, postgres.Server, output.WriteLine);
}
