using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Queues, agents and calendars as people configure them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class QueueConfigurationTests(PostgresFixture postgres)
{
    private const string Create = "mutation ($input: QueueInput!) { createQueue(input: $input) { queue { id name settings { " + Settings + " } } errors { code message } } }";
    private const string Change = "mutation ($id: ID!, $input: QueueInput!) { changeQueue(id: $id, input: $input) { queue { id name number settings { " + Settings + " } } errors { code message } } }";
    private const string Calendar = "mutation ($id: ID, $input: CalendarInput!) { configureCalendar(id: $id, input: $input) { calendar { id name isOpen week { day from to } holidays { date name hours { from to } } } errors { code message } } }";
    private const string Settings = "method priority segmentPriorities { segment priority } serviceLevelSeconds urgencySeconds skills { name minimum strength relaxations { afterSeconds minimum } } tiers { groups afterSeconds } "
        + "order lastAgentPatienceSeconds overflow { cause threshold to { kind target } } calendar language announcements { firstAfterSeconds everySeconds position estimatedWait texts } ronaAfter autoAnswer record";

    [Fact]
    public async Task A_queue_is_made_changed_and_dialled_at_once()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);
        var calendar = (await api.DataAsync(Calendar, new { input = new { name = "Office", timeZone = "Europe/Berlin", week = AllDays } }))
            .GetProperty("configureCalendar").GetProperty("calendar").GetProperty("id").GetString();
        var input = new
        {
            name = "Loans", number = "1007", method = "HUNTING", priority = 2, segmentPriorities = new[] { new { segment = "gold", priority = 3 } }, urgencySeconds = 30, language = "de",
            skills = new[] { new { name = "german", minimum = 5, strength = "PREFERRED", relaxations = new[] { new { afterSeconds = 30, minimum = 0 } } } },
            tiers = new[] { new { groups = new[] { "first" }, afterSeconds = 0 } }, lastAgentPatienceSeconds = 45, calendar, ronaAfter = 3, autoAnswer = true, record = true,
            overflow = new[] { new { cause = "CLOSED", threshold = 0, to = new { kind = "QUEUE", target = "Sales" } } }, announcements = new { everySeconds = 30, estimatedWait = true, texts = new[] { "Danke" } },
        };
        var made = Payload(await api.DataAsync(Create, new { input }), "createQueue");
        var told = JsonSerializer.Serialize(made.GetProperty("settings"));
        foreach (var part in (string[])["\"HUNTING\"", "\"gold\"", "\"PREFERRED\"", "\"first\"", "\"CLOSED\"", "\"Danke\"", calendar!])
        {
            told.ShouldContain(part);
        }

        api.Switch.Call("1007");
        await IsWaitingAsync(api, "Loans");
        var id = made.GetProperty("id").GetString();
        var changed = Payload(await api.DataAsync(Change, new { id, input = new { name = "Loans", number = "1008", ronaAfter = 2 } }), "changeQueue");
        (changed.GetProperty("number").GetString(), changed.GetProperty("settings").GetProperty("method").GetString(), changed.GetProperty("settings").GetProperty("ronaAfter").GetInt32()).ShouldBe(("1008", "LONGEST_IDLE", 2));

        await api.SignInAsync();
        var events = (await api.DataAsync("query ($id: ID) { events(where: { stream: $id }) { nodes { type user } } }", new { id })).GetProperty("events").GetProperty("nodes");
        events.EnumerateArray().Select(e => (e.GetProperty("type").GetString(), e.GetProperty("user").GetString())).ShouldBe([("queue_created", "Supervisor"), ("queue_changed", "Supervisor")]);
    }

    [Theory]
    [InlineData("""{ "name": "Sales" }""", "QUEUE_EXISTS")]
    [InlineData("""{ "name": "New", "number": "1000" }""", "NUMBER_IN_USE")]
    [InlineData("""{ "name": "New", "ringSeconds": 0 }""", "QUEUE_SETTINGS")]
    [InlineData("""{ "name": "New", "overflow": [{ "cause": "AFTER_SECONDS", "threshold": 9, "to": { "kind": "QUEUE", "target": "Nowhere" } }] }""", "DESTINATION_NOT_FOUND")]
    [InlineData("""{ "name": "New", "calendar": "0194f000-0000-7000-8000-000000000001" }""", "CALENDAR_NOT_FOUND")]
    public async Task What_cannot_be_is_refused_by_name(string input, string code)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var payload = (await api.DataAsync(Create, new { input = JsonElement.Parse(input) })).GetProperty("createQueue");
        payload.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString().ShouldBe(code);
        payload.GetProperty("queue").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_calendar_says_whether_it_is_open_and_what_is_wrong_with_it()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var open = (await api.DataAsync(Calendar, new { input = new { name = "Always", timeZone = "UTC", week = AllDays, holidays = new[] { new { date = "1999-12-31", name = "Eve", hours = new[] { new { from = "08:00", to = "12:00" } } } } } }))
            .GetProperty("configureCalendar").GetProperty("calendar");
        open.GetProperty("isOpen").GetBoolean().ShouldBeTrue();
        open.GetProperty("week")[0].GetProperty("to").GetString().ShouldBe("24:00");
        open.GetProperty("holidays")[0].GetProperty("hours")[0].GetProperty("to").GetString().ShouldBe("12:00");
        var closed = (await api.DataAsync(Calendar, new { id = open.GetProperty("id").GetString(), input = new { name = "Never", timeZone = "UTC" } })).GetProperty("configureCalendar").GetProperty("calendar");
        (closed.GetProperty("name").GetString(), closed.GetProperty("isOpen").GetBoolean()).ShouldBe(("Never", false));
        (await api.DataAsync(Calendar, new { input = new { name = "Never", timeZone = "UTC" } })).ToString().ShouldContain("CALENDAR_EXISTS");
        (await api.DataAsync(Calendar, new { input = new { name = "Moon", timeZone = "Moon/Tycho" } })).ToString().ShouldContain("CALENDAR_SETTINGS");
        (await api.ErrorAsync(Calendar, new { input = new { name = "Bad", timeZone = "UTC", week = new[] { new { day = "MONDAY", from = "8", to = "9" } } } })).ShouldBe(("BAD_USER_INPUT", "\"8\" is not a time like 08:00."));
    }

    [Fact]
    public async Task An_agent_is_made_with_a_phone_that_can_register_and_changed_with_skills()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        const string Agent = "agent { id name extension skills { name proficiency } groups team } errors { code message }";
        var made = (await api.DataAsync($"mutation ($input: AgentInput!) {{ createAgent(input: $input) {{ {Agent} }} }}", new { input = new { name = "Kaspar", extension = "3001", sipPassword = "s3cret" } })).GetProperty("createAgent");
        made.GetProperty("errors").GetArrayLength().ShouldBe(0, made.ToString());
        api.Center.Phones.Find("3001").ShouldNotBeNull().DisplayName.ShouldBe("Kaspar");
        var change = $"mutation ($id: ID!, $input: AgentInput!) {{ changeAgent(id: $id, input: $input) {{ {Agent} }} }}";
        var id = made.GetProperty("agent").GetProperty("id").GetString();
        var changed = (await api.DataAsync(change, new { id, input = new { name = "Kaspar", extension = "3001", skills = new[] { new { name = "german", proficiency = 9 } }, groups = new[] { "first" }, team = "north" } })).GetProperty("changeAgent").GetProperty("agent");
        changed.GetProperty("skills")[0].GetProperty("proficiency").GetInt32().ShouldBe(9);
        changed.GetProperty("team").GetString().ShouldBe("north");
        (await api.DataAsync(change, new { id, input = new { name = "Kaspar", skills = new[] { new { name = "german", proficiency = 11 } } } })).ToString().ShouldContain("AGENT_ATTRIBUTES");
        (await api.DataAsync(change, new { id, input = new { name = "Kaspar", extension = "2001" } })).ToString().ShouldContain("EXTENSION_IN_USE");
    }

    [Fact]
    public async Task Only_supervisors_and_administrators_configure()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Agent);
        (await api.ErrorAsync(Create, new { input = new { name = "New" } })).Code.ShouldBe("FORBIDDEN");
        (await api.ErrorAsync(Calendar, new { input = new { name = "Office", timeZone = "UTC" } })).Code.ShouldBe("FORBIDDEN");
    }

    private static async Task IsWaitingAsync(ApiHarness api, string queue)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!(await api.DataAsync("{ queues { name waiting } }")).GetProperty("queues").EnumerateArray().Any(q => q.GetProperty("name").GetString() == queue && q.GetProperty("waiting").GetInt32() == 1))
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), $"nobody waits in {queue}");
            await Task.Delay(20);
        }
    }

    private static object[] AllDays => [.. Enum.GetNames<DayOfWeek>().Select(day => new { day = day.ToUpperInvariant(), from = "00:00", to = "24:00" })];

    private static JsonElement Payload(JsonElement data, string mutation)
    {
        data.GetProperty(mutation).GetProperty("errors").GetArrayLength().ShouldBe(0, data.ToString());
        return data.GetProperty(mutation).GetProperty("queue");
    }
}
