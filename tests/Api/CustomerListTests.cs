using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class CustomerListTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Customers_are_listed_newest_first_by_segment_and_value_for_those_who_oversee()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Agent);
        var ids = new List<string>();
        foreach (var (name, segment, value) in new (string, string, double?)[] { ("Ann", "gold", 10), ("Bob", "gold", 99.5), ("Cid", "iron", 200), ("Dan", "gold", null), ("Eve", "gold", 50) })
        {
            var made = await api.DataAsync("mutation ($input: CustomerInput!) { createCustomer(input: $input) { customer { id } errors { code } } }", new { input = new { name, segment, value } });
            ids.Add(made.GetProperty("createCustomer").GetProperty("customer").GetProperty("id").GetString()!);
        }

        (await api.ErrorAsync("{ customers { totalCount } }")).Code.ShouldBe("FORBIDDEN");
        await api.SignInAsync(Role.Analyst);
        (await NamesAsync("")).ShouldBe((5, "Eve Dan Cid Bob Ann"));
        (await NamesAsync("(where: { segment: \"gold\", minValue: 50 })")).ShouldBe((2, "Eve Bob"));
        var first = (await api.DataAsync("{ customers(first: 2) { nodes { name } pageInfo { hasNextPage endCursor } } }")).GetProperty("customers");
        first.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean().ShouldBeTrue();
        (await NamesAsync($"(first: 2, after: \"{first.GetProperty("pageInfo").GetProperty("endCursor").GetString()}\")")).ShouldBe((5, "Cid Bob"));
        (await api.ErrorAsync("{ customers(after: \"nowhere\") { nodes { name } } }")).Message.ShouldBe("\"nowhere\" is not a cursor of this list.");

        await api.SignInAsync();
        await api.DataAsync($$"""mutation { mergeCustomers(id: "{{ids[0]}}", into: "{{ids[1]}}") { errors { code } } }""");
        (await NamesAsync("")).ShouldBe((4, "Eve Dan Cid Bob"));

        async Task<(int Count, string Names)> NamesAsync(string arguments)
        {
            var customers = (await api.DataAsync($"{{ customers{arguments} {{ totalCount nodes {{ name }} }} }}")).GetProperty("customers");
            return (customers.GetProperty("totalCount").GetInt32(), string.Join(' ', customers.GetProperty("nodes").EnumerateArray().Select((JsonElement node) => node.GetProperty("name").GetString())));
        }
    }
}
