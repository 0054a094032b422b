using CallCenter.Telephony.Sip;
using static CallCenter.Telephony.Sip.TransactionInput;
using static CallCenter.Telephony.Sip.TransactionPhase;
using static CallCenter.Telephony.Tests.Sip.Transactions.MachineTable;

namespace CallCenter.Telephony.Tests.Sip.Transactions;

/// <summary>Every state x input cell of the four machines, over unreliable and reliable transports (RFC 3261 section 17, RFC 6026).</summary>
public sealed class MachineTests
{
    private static readonly SipTimers Timers = SipTimers.Default;

    [Fact]
    public void Invite_client_over_an_unreliable_transport() => new MachineTable(
            (state, input) => InviteClientMachine.Step(state, input, Timers, reliable: false), Initial, Calling, Proceeding, Completed, Accepted, Terminated)
        .On(Initial, "Calling: SendRequest, A=0.5, B=32", Start)
        .On(Calling, "Calling: SendRequest, A=1", Fired(TimerName.A))
        .On(Calling, "Terminated: stop A, ReportTimeout", Fired(TimerName.B))
        .On(Calling, "Terminated: stop A, stop B, ReportTransportError", TransportError)
        .On(Calling, "Proceeding: stop A, stop B, PassResponse", Responses(100, 180))
        .On(Calling, "Accepted: stop A, stop B, M=32, PassResponse", Responses(200, 202))
        .On(Calling, "Completed: stop A, stop B, SendAck, D=32, PassResponse", Responses(300, 404, 500, 603))
        .On(Proceeding, "Proceeding: PassResponse", Responses(100, 180))
        .On(Proceeding, "Accepted: M=32, PassResponse", Responses(200, 202))
        .On(Proceeding, "Completed: SendAck, D=32, PassResponse", Responses(300, 404, 500, 603))
        .On(Completed, "Completed: SendAck", Responses(300, 404, 500, 603))
        .On(Completed, "Terminated: stop D, ReportTransportError", TransportError)
        .On(Completed, "Terminated:", Fired(TimerName.D))
        .On(Accepted, "Accepted: PassResponse", Responses(200, 202))
        .On(Accepted, "Terminated:", Fired(TimerName.M))
        .ShouldHold();

    [Fact]
    public void Invite_client_over_a_reliable_transport() => new MachineTable(
            (state, input) => InviteClientMachine.Step(state, input, Timers, reliable: true), Initial, Calling, Proceeding, Accepted, Terminated)
        .On(Initial, "Calling: SendRequest, B=32", Start)
        .On(Calling, "Calling: SendRequest, A=1", Fired(TimerName.A))
        .On(Calling, "Terminated: stop A, ReportTimeout", Fired(TimerName.B))
        .On(Calling, "Terminated: stop A, stop B, ReportTransportError", TransportError)
        .On(Calling, "Proceeding: stop A, stop B, PassResponse", Responses(100, 180))
        .On(Calling, "Accepted: stop A, stop B, M=32, PassResponse", Responses(200, 202))
        .On(Calling, "Terminated: stop B, SendAck, PassResponse", Responses(300, 404, 500, 603))
        .On(Proceeding, "Proceeding: PassResponse", Responses(100, 180))
        .On(Proceeding, "Accepted: M=32, PassResponse", Responses(200, 202))
        .On(Proceeding, "Terminated: SendAck, PassResponse", Responses(300, 404, 500, 603))
        .On(Accepted, "Accepted: PassResponse", Responses(200, 202))
        .On(Accepted, "Terminated:", Fired(TimerName.M))
        .ShouldHold();

    [Fact]
    public void Non_invite_client_over_an_unreliable_transport() => new MachineTable(
            (state, input) => NonInviteClientMachine.Step(state, input, Timers, reliable: false), Initial, Trying, Proceeding, Completed, Terminated)
        .On(Initial, "Trying: SendRequest, E=0.5, F=32", Start)
        .On(Trying, "Trying: SendRequest, E=1", Fired(TimerName.E))
        .On(Proceeding, "Proceeding: SendRequest, E=4", Fired(TimerName.E))
        .On(Trying, "Terminated: stop E, ReportTimeout", Fired(TimerName.F))
        .On(Proceeding, "Terminated: stop E, ReportTimeout", Fired(TimerName.F))
        .On(Trying, "Terminated: stop E, stop F, ReportTransportError", TransportError)
        .On(Proceeding, "Terminated: stop E, stop F, ReportTransportError", TransportError)
        .On(Trying, "Proceeding: PassResponse", Responses(100, 180))
        .On(Proceeding, "Proceeding: PassResponse", Responses(100, 180))
        .On(Trying, "Completed: stop E, stop F, K=5, PassResponse", Responses(200, 202, 300, 404, 500, 603))
        .On(Proceeding, "Completed: stop E, stop F, K=5, PassResponse", Responses(200, 202, 300, 404, 500, 603))
        .On(Completed, "Terminated:", Fired(TimerName.K))
        .ShouldHold();

    [Fact]
    public void Non_invite_client_over_a_reliable_transport() => new MachineTable(
            (state, input) => NonInviteClientMachine.Step(state, input, Timers, reliable: true), Initial, Trying, Proceeding, Terminated)
        .On(Initial, "Trying: SendRequest, F=32", Start)
        .On(Trying, "Trying: SendRequest, E=1", Fired(TimerName.E))
        .On(Proceeding, "Proceeding: SendRequest, E=4", Fired(TimerName.E))
        .On(Trying, "Terminated: stop E, ReportTimeout", Fired(TimerName.F))
        .On(Proceeding, "Terminated: stop E, ReportTimeout", Fired(TimerName.F))
        .On(Trying, "Terminated: stop E, stop F, ReportTransportError", TransportError)
        .On(Proceeding, "Terminated: stop E, stop F, ReportTransportError", TransportError)
        .On(Trying, "Proceeding: PassResponse", Responses(100, 180))
        .On(Proceeding, "Proceeding: PassResponse", Responses(100, 180))
        .On(Trying, "Terminated: stop F, PassResponse", Responses(200, 202, 300, 404, 500, 603))
        .On(Proceeding, "Terminated: stop F, PassResponse", Responses(200, 202, 300, 404, 500, 603))
        .ShouldHold();

    [Fact]
    public void Invite_server_over_an_unreliable_transport() => new MachineTable(
            (state, input) => InviteServerMachine.Step(state, input, Timers, reliable: false), Initial, Proceeding, Completed, Confirmed, Accepted, Terminated)
        .On(Initial, "Proceeding:", Start)
        .On(Proceeding, "Proceeding: SendResponse", [Request, .. Responds(100, 180)])
        .On(Proceeding, "Accepted: SendResponse, L=32", Responds(200, 202))
        .On(Proceeding, "Completed: SendResponse, G=0.5, H=32", Responds(300, 404, 500, 603))
        .On(Proceeding, "Proceeding: ReportTransportError", TransportError)
        .On(Completed, "Completed: SendResponse", Request)
        .On(Completed, "Completed: SendResponse, G=1", Fired(TimerName.G))
        .On(Completed, "Terminated: stop G, ReportTimeout", Fired(TimerName.H))
        .On(Completed, "Confirmed: stop G, stop H, I=5", Ack)
        .On(Completed, "Completed: ReportTransportError", TransportError)
        .On(Confirmed, "Terminated:", Fired(TimerName.I))
        .On(Accepted, "Accepted: SendResponse", Responds(200, 202))
        .On(Accepted, "Accepted: PassAck", Ack)
        .On(Accepted, "Accepted: ReportTransportError", TransportError)
        .On(Accepted, "Terminated:", Fired(TimerName.L))
        .ShouldHold();

    [Fact]
    public void Invite_server_over_a_reliable_transport() => new MachineTable(
            (state, input) => InviteServerMachine.Step(state, input, Timers, reliable: true), Initial, Proceeding, Completed, Accepted, Terminated)
        .On(Initial, "Proceeding:", Start)
        .On(Proceeding, "Proceeding: SendResponse", [Request, .. Responds(100, 180)])
        .On(Proceeding, "Accepted: SendResponse, L=32", Responds(200, 202))
        .On(Proceeding, "Completed: SendResponse, H=32", Responds(300, 404, 500, 603))
        .On(Proceeding, "Proceeding: ReportTransportError", TransportError)
        .On(Completed, "Completed: SendResponse", Request)
        .On(Completed, "Completed: SendResponse, G=1", Fired(TimerName.G))
        .On(Completed, "Terminated: stop G, ReportTimeout", Fired(TimerName.H))
        .On(Completed, "Terminated: stop H", Ack)
        .On(Completed, "Completed: ReportTransportError", TransportError)
        .On(Accepted, "Accepted: SendResponse", Responds(200, 202))
        .On(Accepted, "Accepted: PassAck", Ack)
        .On(Accepted, "Accepted: ReportTransportError", TransportError)
        .On(Accepted, "Terminated:", Fired(TimerName.L))
        .ShouldHold();

    [Theory]
    [InlineData(false, "Completed: SendResponse, J=32")]
    [InlineData(true, "Terminated: SendResponse")]
    public void Non_invite_server(bool reliable, string final)
    {
        var table = new MachineTable((state, input) => NonInviteServerMachine.Step(state, input, Timers, reliable), Initial, Trying, Proceeding, Completed, Terminated)
            .On(Initial, "Trying:", Start)
            .On(Trying, "Proceeding: SendResponse", Responds(100, 180))
            .On(Trying, final, Responds(200, 202, 300, 404, 500, 603))
            .On(Proceeding, "Proceeding: SendResponse", [Request, .. Responds(100, 180)])
            .On(Proceeding, final, Responds(200, 202, 300, 404, 500, 603))
            .On(Proceeding, "Terminated: ReportTransportError", TransportError)
            .On(Completed, "Completed: SendResponse", Request)
            .On(Completed, "Terminated: stop J, ReportTransportError", TransportError)
            .On(Completed, "Terminated:", Fired(TimerName.J));
        table.ShouldHold();
    }

    [Fact]
    public void Timer_A_doubles_without_limit_and_timers_E_and_G_stop_at_T2()
    {
        Intervals(InviteClientMachine.Step, Calling, TimerName.A).ShouldBe([1, 2, 4, 8, 16]);
        Intervals(NonInviteClientMachine.Step, Trying, TimerName.E).ShouldBe([1, 2, 4, 4, 4]);
        Intervals(InviteServerMachine.Step, Completed, TimerName.G).ShouldBe([1, 2, 4, 4, 4]);
    }

    private static List<double> Intervals(Func<TransactionState, TransactionInput, SipTimers, bool, TransactionStep> step, TransactionPhase phase, TimerName timer)
    {
        var state = new TransactionState(phase, Timers.T1);
        List<double> seconds = [];
        for (var i = 0; i < 5; i++)
        {
            var result = step(state, Fired(timer), Timers, false);
            foreach (var effect in result.Effects)
            {
                if (effect.Kind == EffectKind.StartTimer)
                {
                    seconds.Add(effect.Delay.TotalSeconds);
                }
            }

            state = result.State;
        }

        return seconds;
    }
}
