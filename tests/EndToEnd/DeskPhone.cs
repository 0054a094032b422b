using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>An agent's phone that answers every call, at once or when it is told to, speaks a tone of its own, and is registered until this is disposed.</summary>
internal sealed class DeskPhone : IAsyncDisposable
{
    private readonly CenterClient _center;
    private readonly Sipp _line;
    private Registration? _registration;

    private DeskPhone(CenterClient center, string extension, int tone, string scenario)
    {
        (_center, Extension, Tone) = (center, extension, tone);
        Ear = new AudioProbe(G711.Pcmu, tone);
        _line = Sipp.Take(scenario, calls: 20, Ear.Port);
    }

    public string Extension { get; }

    public int Tone { get; }

    public AudioProbe Ear { get; }

    public string AgentId { get; private set; } = "";

    public static async Task<DeskPhone> AtAsync(CenterClient center, string extension, int tone, string scenario = "agent-answer")
    {
        var phone = new DeskPhone(center, extension, tone, scenario);
        await phone._line.ListensAsync();
        phone._registration = await center.RegisterAsync(phone._line.Port, extension);
        phone.AgentId = (await center.AgentsAsync()).Single(agent => agent.Extension == extension).Id;
        return phone;
    }

    /// <summary>Waits until these tones, and none of the others, are heard at once.</summary>
    public static Task HearsAsync(AudioProbe ear, int[] tones, params int[] others) => Eventually.BecomesAsync(
        () => ear.Last(TimeSpan.FromMilliseconds(500)) is var last ? (Heard: Array.ConvertAll(tones, tone => Sound.ShareOf(last, tone)), Others: Array.ConvertAll(others, tone => Sound.ShareOf(last, tone))) : default,
        shares => shares.Heard.All(share => share > 0.5 / tones.Length) && shares.Others.All(share => share < 0.02),
        $"the tones {string.Join(", ", tones)} are heard, and {string.Join(", ", others)} not");

    /// <summary>Has a phone that can be told answer a call; it may be told as soon as it rings, a moment after the offer.</summary>
    public Task AnswerAsync(CallRecord call) => Eventually.BecomesAsync(
        () => _center.GraphQL.AskAsync($"mutation {{ answerCall(id: \"{call.Id}\", agentId: \"{AgentId}\") {{ errors {{ code }} }} }}"),
        answer => answer.GetProperty("answerCall").GetProperty("errors").GetArrayLength() == 0, $"{Extension} is told to answer");

    /// <summary>Waits until its agent is shown as this.</summary>
    /// <param name="fields">What is asked for.</param>
    /// <param name="wanted">The answer.</param>
    public Task BecomesAsync(string fields, string wanted) => Eventually.BecomesAsync(
        async () => (await _center.GraphQL.AskAsync($"{{ agent(id: \"{AgentId}\") {{ {fields} }} }}")).GetProperty("agent").ToString(), seen => seen == wanted, $"{Extension} is {wanted}");

    /// <summary>A command that must not be refused.</summary>
    public static async Task DoAsync(CenterClient center, string mutation, string arguments)
    {
        var payload = (await center.GraphQL.AskAsync($"mutation {{ {mutation}({arguments}) {{ errors {{ code message }} }} }}")).GetProperty(mutation);
        payload.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{mutation}: {payload}");
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever wraps up need not do so to its end, nor need a test that failed end its calls.
        await _center.GraphQL.AnswerAsync($"mutation {{ signOutAgent(agentId: \"{AgentId}\", reason: \"end of the test\") {{ errors {{ code }} }} }}");
        if (_registration is not null)
        {
            await _registration.DisposeAsync();
        }

        await _line.DisposeAsync();
        await Ear.DisposeAsync();
    }
}
