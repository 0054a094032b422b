using CallCenter.EventStore.Crash;
using CallCenter.Testing;
using Xunit.Abstractions;

namespace CallCenter.EventStore.Tests;

/// <summary>A server of its own, which recovers no other test's databases; and nothing runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CrashCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "Crashes";
}

[Collection(CrashCollection.Name)]
public sealed class CrashTests(PostgresFixture postgres, ITestOutputHelper output)
{
    [Fact]
    public Task Killing_PostgreSQL_or_the_writer_at_random_points_loses_doubles_and_halves_nothing() =>
        CrashRounds.RunAsync(rounds: 5, postgres.Server, output.WriteLine);
}
