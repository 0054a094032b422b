using System.Reflection;

namespace CallCenter.Api.Tests;

/// <summary>Which room may pass through which door (adr/0003).</summary>
public sealed class ArchitectureTests
{
    [Theory]
    [InlineData("Domain", "")]
    [InlineData("EventStore", "")]
    [InlineData("Telephony", "")]
    [InlineData("GraphQL", "")]
    [InlineData("Postgres", "")]
    [InlineData("Projections", "Domain EventStore")]
    [InlineData("Import", "Domain EventStore")]
    [InlineData("Routing", "Domain EventStore Telephony")]
    public void A_room_imports_only_what_its_doors_allow(string room, string allowed) =>
        Assembly.Load($"CallCenter.{room}").GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("CallCenter.", StringComparison.Ordinal))
            .Except(allowed.Split(' ').Select(a => $"CallCenter.{a}"), StringComparer.Ordinal).ShouldBeEmpty();
}
