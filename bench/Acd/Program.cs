using CallCenter.Acd.Bench;
using CallCenter.Testing;

Decisions.Print();
var postgres = new PostgresFixture();
await postgres.InitializeAsync();
try
{
    await new Floor(postgres).PrintAsync();
}
finally
{
    await postgres.DisposeAsync();
}
