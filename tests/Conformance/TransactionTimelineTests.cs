using System.Globalization;
using CallCenter.Telephony.Sip;

namespace CallCenter.Conformance.Tests;

/// <summary>
/// What each of the four machines sends and says, and when, from its start to its end (RFC 3261 section 17 and table 4, RFC 6026): the timers' values over time, with every effect run against a clock that jumps from timer to timer.
/// MachineTests in the Telephony suite has the cells, every state with every input; this has their sums.
/// </summary>
public sealed class TransactionTimelineTests
{
    private delegate TransactionStep Machine(TransactionState state, TransactionInput input, SipTimers timers, bool reliable);

    /// <summary>The machine, inputs as "seconds what", and all that follows.</summary>
    public static TheoryData<string, string, string> Timelines => new()
    {
        // 17.1.1.2: Timer A doubles without limit, Timer B is 64*T1 and holds in Calling only.
        { "INVITE client, UDP", "", "0 SendRequest; 0.5 SendRequest; 1.5 SendRequest; 3.5 SendRequest; 7.5 SendRequest; 15.5 SendRequest; 31.5 SendRequest; 32 ReportTimeout; 32 Terminated" },
        { "INVITE client, TCP", "", "0 SendRequest; 32 ReportTimeout; 32 Terminated" },
        { "INVITE client, UDP", "1 response 180", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; then Proceeding for ever" },
        { "INVITE client, TCP", "1 response 180", "0 SendRequest; 1 PassResponse; then Proceeding for ever" },
        { "INVITE client, UDP", "1 unreachable", "0 SendRequest; 0.5 SendRequest; 1 ReportTransportError; 1 Terminated" },

        // 17.1.1.2: Timer D at least 32 s, none over TCP; each repeated refusal gets its ACK and is not passed on.
        { "INVITE client, UDP", "1 response 486; 5 response 486; 32.9 response 486", "0 SendRequest; 0.5 SendRequest; 1 SendAck; 1 PassResponse; 5 SendAck; 32.9 SendAck; 33 Terminated" },
        { "INVITE client, TCP", "1 response 486", "0 SendRequest; 1 SendAck; 1 PassResponse; 1 Terminated" },
        { "INVITE client, UDP", "1 response 180; 100 response 603", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; 100 SendAck; 100 PassResponse; 132 Terminated" },

        // RFC 6026 section 7.2: Timer M, over TCP too; every 2xx is passed on.
        { "INVITE client, UDP", "1 response 200; 32 response 200; 34 response 200", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; 32 PassResponse; 33 Terminated" },
        { "INVITE client, TCP", "1 response 200; 2 response 200; 3 response 486", "0 SendRequest; 1 PassResponse; 2 PassResponse; 33 Terminated" },

        // 17.1.2.2: Timer E doubles to T2 and is T2 in Proceeding; Timer F is 64*T1 in both; Timer K is T4, or none.
        { "non-INVITE client, UDP", "", "0 SendRequest; 0.5 SendRequest; 1.5 SendRequest; 3.5 SendRequest; 7.5 SendRequest; 11.5 SendRequest; 15.5 SendRequest; 19.5 SendRequest; 23.5 SendRequest; 27.5 SendRequest; 31.5 SendRequest; 32 ReportTimeout; 32 Terminated" },
        { "non-INVITE client, TCP", "", "0 SendRequest; 32 ReportTimeout; 32 Terminated" },
        { "non-INVITE client, UDP", "1 response 100", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; 1.5 SendRequest; 5.5 SendRequest; 9.5 SendRequest; 13.5 SendRequest; 17.5 SendRequest; 21.5 SendRequest; 25.5 SendRequest; 29.5 SendRequest; 32 ReportTimeout; 32 Terminated" },
        { "non-INVITE client, TCP", "1 response 100", "0 SendRequest; 1 PassResponse; 32 ReportTimeout; 32 Terminated" },
        { "non-INVITE client, UDP", "1 response 200; 2 response 200", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; 6 Terminated" },
        { "non-INVITE client, TCP", "1 response 404", "0 SendRequest; 1 PassResponse; 1 Terminated" },
        { "non-INVITE client, UDP", "1 response 100; 2 unreachable", "0 SendRequest; 0.5 SendRequest; 1 PassResponse; 1.5 SendRequest; 2 ReportTransportError; 2 Terminated" },

        // 17.2.1: Timer G doubles to T2, Timer H is 64*T1 and is reported, Timer I is T4, or none.
        { "INVITE server, UDP", "0 respond 486", "0 SendResponse; 0.5 SendResponse; 1.5 SendResponse; 3.5 SendResponse; 7.5 SendResponse; 11.5 SendResponse; 15.5 SendResponse; 19.5 SendResponse; 23.5 SendResponse; 27.5 SendResponse; 31.5 SendResponse; 32 ReportTimeout; 32 Terminated" },
        { "INVITE server, TCP", "0 respond 486", "0 SendResponse; 32 ReportTimeout; 32 Terminated" },
        { "INVITE server, UDP", "0 respond 486; 0.2 request; 1 ACK; 2 ACK; 3 request", "0 SendResponse; 0.2 SendResponse; 0.5 SendResponse; 6 Terminated" },
        { "INVITE server, TCP", "0 respond 486; 1 ACK", "0 SendResponse; 1 Terminated" },
        { "INVITE server, UDP", "0 respond 100; 0.5 request; 1 respond 180; 1.5 request", "0 SendResponse; 0.5 SendResponse; 1 SendResponse; 1.5 SendResponse; then Proceeding for ever" },

        // RFC 6026 section 7.1: Timer L, over TCP too; the 2xx is its user's to repeat, and a repeated INVITE says nothing.
        { "INVITE server, UDP", "0 respond 200; 0.5 respond 200; 0.7 request; 1 ACK; 31 ACK", "0 SendResponse; 0.5 SendResponse; 1 PassAck; 31 PassAck; 32 Terminated" },
        { "INVITE server, TCP", "0 respond 200; 1 unreachable; 2 request", "0 SendResponse; 1 ReportTransportError; 32 Terminated" },

        // 17.2.2: Timer J is 64*T1, or none; before a first response a repeated request says nothing.
        { "non-INVITE server, UDP", "0.5 request; 1 respond 200; 2 request; 32.9 request", "1 SendResponse; 2 SendResponse; 32.9 SendResponse; 33 Terminated" },
        { "non-INVITE server, TCP", "1 respond 200", "1 SendResponse; 1 Terminated" },
        { "non-INVITE server, UDP", "1 respond 100; 2 request; 3 unreachable", "1 SendResponse; 2 SendResponse; 3 ReportTransportError; 3 Terminated" },
    };

    [Theory]
    [MemberData(nameof(Timelines))]
    public void Each_machine_does_the_right_thing_at_the_right_time(string machine, string inputs, string expected) => Run(machine, inputs).ShouldBe(expected);

    private static string Run(string name, string inputs)
    {
        var reliable = name.EndsWith("TCP", StringComparison.Ordinal);
        Machine machine = name[..name.IndexOf(',', StringComparison.Ordinal)] switch
        {
            "INVITE client" => InviteClientMachine.Step,
            "non-INVITE client" => NonInviteClientMachine.Step,
            "INVITE server" => InviteServerMachine.Step,
            _ => NonInviteServerMachine.Step,
        };
        var due = new SortedList<(double At, int Order), TransactionInput> { { (0, 0), TransactionInput.Start } };
        foreach (var input in inputs.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            var words = input.Split(' ');
            due.Add((Seconds(words[0]), due.Count), words[1] switch
            {
                "response" => TransactionInput.Response(int.Parse(words[2], CultureInfo.InvariantCulture)),
                "respond" => TransactionInput.Respond(int.Parse(words[2], CultureInfo.InvariantCulture)),
                "request" => TransactionInput.Request,
                "ACK" => TransactionInput.Ack,
                _ => TransactionInput.TransportError,
            });
        }

        List<string> told = [];
        var timers = new Dictionary<TimerName, (double At, int Order)>();
        var state = new TransactionState(TransactionPhase.Initial);
        for (var order = 1_000; due.Count > 0 && state.Phase != TransactionPhase.Terminated; order++)
        {
            var ((now, _), next) = (due.Keys[0], due.Values[0]);
            due.RemoveAt(0);
            var step = machine(state, next, SipTimers.Default, reliable);
            state = step.State;
            foreach (var effect in step.Effects)
            {
                switch (effect.Kind)
                {
                    case EffectKind.StartTimer:
                        timers[effect.Timer] = (Math.Round(now + effect.Delay.TotalSeconds, 3), order++);
                        due.Add(timers[effect.Timer], TransactionInput.Fired(effect.Timer));
                        break;
                    case EffectKind.StopTimer:
                        if (timers.Remove(effect.Timer, out var running))
                        {
                            due.Remove(running);
                        }

                        break;
                    default:
                        told.Add(string.Create(CultureInfo.InvariantCulture, $"{now} {effect.Kind}"));
                        break;
                }
            }

            if (state.Phase == TransactionPhase.Terminated)
            {
                told.Add(string.Create(CultureInfo.InvariantCulture, $"{now} Terminated"));
            }
        }

        return string.Join("; ", state.Phase == TransactionPhase.Terminated ? told : [.. told, $"then {state.Phase} for ever"]);
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
