using System.Text.Json;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Queues and agents that a test makes for itself in the running center, by GraphQL.</summary>
internal sealed class AcdFloor(CenterClient center)
{
    /// <summary>Makes a queue without wrap-up and gives its id.</summary>
    /// <param name="number">Its number and name.</param>
    /// <param name="settings">What else is set, by the names of GraphQL.</param>
    public async Task<string> QueueAsync(string number, params IEnumerable<(string Name, object? Value)> settings) =>
        await ConfigureAsync("createQueue", "QueueInput", "queue { id }", null, Input(number, settings));

    /// <summary>Gives a queue these settings, all of them.</summary>
    public async Task ChangeAsync(string id, string number, params IEnumerable<(string Name, object? Value)> settings) =>
        await ConfigureAsync("changeQueue", "QueueInput", "queue { id }", id, Input(number, settings));

    /// <summary>Makes an agent with a phone and gives its id.</summary>
    public async Task<string> AgentAsync(string extension, string queue, params IEnumerable<(string Name, object? Value)> settings)
    {
        center.Passwords[extension] = $"secret of {extension}".Replace(' ', '-');
        return await ConfigureAsync("createAgent", "AgentInput", "agent { id }", null,
            new(settings.ToDictionary(s => s.Name, s => s.Value), StringComparer.Ordinal) { ["name"] = $"Agent {extension}", ["extension"] = extension, ["sipPassword"] = center.Passwords[extension], ["queues"] = new[] { queue } });
    }

    /// <summary>Makes a calendar that is never open and gives its id.</summary>
    public async Task<string> ClosedCalendarAsync(string name) =>
        await ConfigureAsync("configureCalendar", "CalendarInput", "calendar { id }", null, new(StringComparer.Ordinal) { ["name"] = name, ["timeZone"] = "Europe/Berlin" });

    public async Task AgentBecomesAsync(string extension, string status, string? reason) => await Eventually.BecomesAsync(
        async () => (await center.GraphQL.AskAsync("{ agents { nodes { extension status reason } } }")).GetProperty("agents").GetProperty("nodes").EnumerateArray()
            .Where(a => a.GetProperty("extension").GetString() == extension).Select(a => (a.GetProperty("status").GetString(), a.GetProperty("reason").GetString())).Single(),
        seen => seen == (status, reason), $"agent {extension} is {status} for {reason}");

    private static Dictionary<string, object?> Input(string number, IEnumerable<(string Name, object? Value)> settings) =>
        new(settings.ToDictionary(s => s.Name, s => s.Value), StringComparer.Ordinal) { ["name"] = $"Queue {number}", ["number"] = number, ["wrapUpSeconds"] = 0 };

    private async Task<string> ConfigureAsync(string mutation, string type, string fields, string? id, Dictionary<string, object?> input)
    {
        var (declared, given) = id is null ? ("", "") : ("$id: ID!, ", "id: $id, ");
        var payload = (await center.GraphQL.AskAsync($"mutation ({declared}$input: {type}!) {{ {mutation}({given}input: $input) {{ {fields} errors {{ code message }} }} }}", new { id, input })).GetProperty(mutation);
        payload.GetProperty("errors").GetArrayLength().ShouldBe(0, payload.ToString());
        return payload.EnumerateObject().First(p => p.Value.ValueKind == JsonValueKind.Object).Value.GetProperty("id").GetString()!;
    }
}
