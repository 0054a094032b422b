using CallCenter.EventStore.Contract;
using CallCenter.Testing;

namespace CallCenter.EventStore.Tests.Contract;

[Collection(PostgresCollection.Name)]
public sealed class PostgresAppending(PostgresFixture postgres) : Appending(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresExpectedVersions(PostgresFixture postgres) : ExpectedVersions(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresIdempotency(PostgresFixture postgres) : Idempotency(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresSeveralStreams(PostgresFixture postgres) : SeveralStreams(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresReading(PostgresFixture postgres) : Reading(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresLimits(PostgresFixture postgres) : Limits(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresArchiving(PostgresFixture postgres) : Archiving(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresBulk(PostgresFixture postgres) : Bulk(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresConcurrency(PostgresFixture postgres) : Concurrency(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresInterleaving(PostgresFixture postgres) : Interleaving(() => PostgresUnderTest.OpenAsync(postgres));

[Collection(PostgresCollection.Name)]
public sealed class PostgresRandomOperations(PostgresFixture postgres) : RandomOperations(() => PostgresUnderTest.OpenAsync(postgres));
