using CallCenter.Api.Schema;
using CallCenter.GraphQL.Language;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>The schema against the contract that clients rely on.</summary>
public sealed class ContractTests
{
    [Fact]
    public Task The_schema_is_the_one_that_was_published() => Snapshot.VerifyAsync(CenterSchema.Create().Print(), "graphql");

    [Fact]
    public async Task What_is_served_is_named_and_typed_as_in_the_contract_and_what_is_missing_is_known()
    {
        var contract = Members(await File.ReadAllTextAsync(TestData.Contract));
        var served = Members(CenterSchema.Create().Print());
        var missing = new List<string>();
        foreach (var (name, definition) in contract)
        {
            if (!served.TryGetValue(name, out var ours))
            {
                missing.Add(name);
            }
            else if (!string.Equals(WithoutAdded(ours, definition), definition, StringComparison.Ordinal))
            {
                missing.Add($"{name}: {ours} instead of {definition}");
            }
        }

        await Snapshot.VerifyAsync(string.Join('\n', missing));
    }

    /// <summary>Arguments that the contract does not know and that need not be given break nobody.</summary>
    private static string WithoutAdded(string ours, string definition) => System.Text.RegularExpressions.Regex.Replace(
        ours, @", (?<name>\w+): [^,()]+ = [^,()]+", added => definition.Contains($"{added.Groups["name"].Value}:", StringComparison.Ordinal) ? added.Value : "", default, TimeSpan.FromSeconds(1));

    /// <summary>Each field, input field and enum value by <c>Type.member</c>, with its definition printed and nothing but syntax left.</summary>
    private static Dictionary<string, string> Members(string sdl)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var definition in Parser.Parse(sdl).Definitions)
        {
            switch (definition)
            {
                case ObjectTypeDefinitionNode type:
                    Add(type.Name.Value, type.Fields.Select(f => (f.Name.Value, (f with { Description = null }).ToString())));
                    break;
                case InputObjectTypeDefinitionNode input:
                    Add(input.Name.Value, input.Fields.Select(f => (f.Name.Value, (f with { Description = null }).ToString())));
                    break;
                case EnumTypeDefinitionNode @enum:
                    Add(@enum.Name.Value, @enum.Values.Select(v => (v.Name.Value, v.Name.Value)));
                    break;
            }
        }

        return members;

        void Add(string type, IEnumerable<(string Name, string Definition)> found)
        {
            foreach (var (name, definition) in found)
            {
                members.Add($"{type}.{name}", definition);
            }
        }
    }
}
