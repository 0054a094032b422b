using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Who may register and call.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class RegistrationTests(SharedCenter shared)
{
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task A_registered_phone_signs_its_agent_in_and_an_unregistered_one_out()
    {
        var phone = FreePorts.Udp();
        await using (await _center.RegisterAsync(phone, "2010"))
        {
            (await _center.AgentsAsync()).Single(a => a.Extension == "2010").Status.ShouldBe("AVAILABLE");
        }

        var agent = (await _center.AgentsAsync()).Single(a => a.Extension == "2010");
        var story = (await _center.EventsAsync()).Where(e => e.Type.StartsWith("agent_signed", StringComparison.Ordinal) && e.Stream == agent.Id).Select(e => e.Type);
        story.ShouldBe(["agent_signed_in", "agent_signed_out"]);
    }

    [Fact]
    public async Task A_wrong_password_is_challenged_again_and_signs_nobody_in()
    {
        await using var register = Sipp.Register("agent-register-refused", shared.Server.Sip, [("2002", "wrong" + _center.PasswordOf("2002"))], FreePorts.Udp(), 60);
        await register.ShouldSucceedAsync();
        (await _center.AgentsAsync()).Single(a => a.Extension == "2002").Status.ShouldBe("SIGNED_OUT");
    }

    [Fact]
    public async Task Who_calls_in_the_name_of_an_extension_must_prove_it()
    {
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-challenged", shared.Server.Sip, CenterClient.Support, ["2003"], ear.Port);
        await calling.ShouldSucceedAsync();
        (await _center.CallsAsync(["2003"])).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_leads_nowhere_is_not_found_and_the_attempt_is_on_record()
    {
        const string Caller = "49305001";
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-not-found", shared.Server.Sip, "4711", [Caller], ear.Port);
        await calling.ShouldSucceedAsync();
        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        (call.To, call.Outcome, call.Cause).ShouldBe(("4711", "FAILED", "no-such-number"));
    }
}
