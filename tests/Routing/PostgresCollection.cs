using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>All tests of this assembly share one server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
