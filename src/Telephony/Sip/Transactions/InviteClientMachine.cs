using static CallCenter.Telephony.Sip.EffectKind;
using static CallCenter.Telephony.Sip.TransactionPhase;

namespace CallCenter.Telephony.Sip;

/// <summary>The INVITE client transaction: RFC 3261 section 17.1.1 with the Accepted state of RFC 6026 section 7.2. Pure.</summary>
public static class InviteClientMachine
{
    public static TransactionStep Step(TransactionState state, TransactionInput input, SipTimers timers, bool reliable) => (state.Phase, input) switch
    {
        (Initial, { Kind: InputKind.Start }) when reliable =>
            new(new(Calling), [SendRequest, Effect.Start(TimerName.B, timers.TransactionTimeout)]),
        (Initial, { Kind: InputKind.Start }) =>
            new(new(Calling, timers.T1), [SendRequest, Effect.Start(TimerName.A, timers.T1), Effect.Start(TimerName.B, timers.TransactionTimeout)]),

        // Timer A doubles without limit; Timer B ends it (section 17.1.1.2).
        (Calling, { Kind: InputKind.Timer, Timer: TimerName.A }) =>
            new(new(Calling, state.Interval * 2), [SendRequest, Effect.Start(TimerName.A, state.Interval * 2)]),
        (Calling, { Kind: InputKind.Timer, Timer: TimerName.B }) => new(new(Terminated), [Effect.Stop(TimerName.A), ReportTimeout]),
        (Calling, { Kind: InputKind.TransportError }) =>
            new(new(Terminated), [Effect.Stop(TimerName.A), Effect.Stop(TimerName.B), ReportTransportError]),

        (Calling, { Kind: InputKind.Response, Status: < 200 }) => new(new(Proceeding), [Effect.Stop(TimerName.A), Effect.Stop(TimerName.B), PassResponse]),
        (Proceeding, { Kind: InputKind.Response, Status: < 200 }) => new(state, [PassResponse]),

        (Calling, { Kind: InputKind.Response, Status: < 300 }) =>
            new(new(Accepted), [Effect.Stop(TimerName.A), Effect.Stop(TimerName.B), Effect.Start(TimerName.M, timers.TransactionTimeout), PassResponse]),
        (Proceeding, { Kind: InputKind.Response, Status: < 300 }) => new(new(Accepted), [Effect.Start(TimerName.M, timers.TransactionTimeout), PassResponse]),

        (Calling, { Kind: InputKind.Response }) when reliable => new(new(Terminated), [Effect.Stop(TimerName.B), SendAck, PassResponse]),
        (Calling, { Kind: InputKind.Response }) =>
            new(new(Completed), [Effect.Stop(TimerName.A), Effect.Stop(TimerName.B), SendAck, Effect.Start(TimerName.D, timers.TimerD), PassResponse]),
        (Proceeding, { Kind: InputKind.Response }) when reliable => new(new(Terminated), [SendAck, PassResponse]),
        (Proceeding, { Kind: InputKind.Response }) => new(new(Completed), [SendAck, Effect.Start(TimerName.D, timers.TimerD), PassResponse]),

        (Completed, { Kind: InputKind.Response, Status: >= 300 }) => new(state, [SendAck]),
        (Completed, { Kind: InputKind.TransportError }) => new(new(Terminated), [Effect.Stop(TimerName.D), ReportTransportError]),
        (Completed, { Kind: InputKind.Timer, Timer: TimerName.D }) => new(new(Terminated), []),

        // Each 2xx, repeated or of another fork, is the transaction user's to acknowledge.
        (Accepted, { Kind: InputKind.Response, Status: >= 200 and < 300 }) => new(state, [PassResponse]),
        (Accepted, { Kind: InputKind.Timer, Timer: TimerName.M }) => new(new(Terminated), []),

        _ => TransactionStep.Ignored(state),
    };
}
