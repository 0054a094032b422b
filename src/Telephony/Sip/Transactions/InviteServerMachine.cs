using static CallCenter.Telephony.Sip.EffectKind;
using static CallCenter.Telephony.Sip.TransactionPhase;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// The INVITE server transaction: RFC 3261 section 17.2.1 with the Accepted state of RFC 6026 section 7.1. Pure. The transaction user sends its 100 at once.
/// Per RFC 6026 a transport error is reported and the state kept: a response that was lost is sent again when the request is.
/// </summary>
public static class InviteServerMachine
{
    public static TransactionStep Step(TransactionState state, TransactionInput input, SipTimers timers, bool reliable) => (state.Phase, input) switch
    {
        (Initial, { Kind: InputKind.Start }) => new(new(Proceeding), []),

        (Proceeding, { Kind: InputKind.Request }) => new(state, [SendResponse]),
        (Proceeding, { Kind: InputKind.Respond, Status: < 200 }) => new(state, [SendResponse]),
        (Proceeding, { Kind: InputKind.Respond, Status: < 300 }) => new(new(Accepted), [SendResponse, Effect.Start(TimerName.L, timers.TransactionTimeout)]),
        (Proceeding, { Kind: InputKind.Respond }) when reliable => new(new(Completed), [SendResponse, Effect.Start(TimerName.H, timers.TransactionTimeout)]),
        (Proceeding, { Kind: InputKind.Respond }) =>
            new(new(Completed, timers.T1), [SendResponse, Effect.Start(TimerName.G, timers.T1), Effect.Start(TimerName.H, timers.TransactionTimeout)]),
        (Proceeding or Completed or Accepted, { Kind: InputKind.TransportError }) => new(state, [ReportTransportError]),

        (Completed, { Kind: InputKind.Request }) => new(state, [SendResponse]),
        (Completed, { Kind: InputKind.Timer, Timer: TimerName.G }) => ResendFinal(Shorter(state.Interval * 2, timers.T2)),
        (Completed, { Kind: InputKind.Timer, Timer: TimerName.H }) => new(new(Terminated), [Effect.Stop(TimerName.G), ReportTimeout]),
        (Completed, { Kind: InputKind.Ack }) when reliable => new(new(Terminated), [Effect.Stop(TimerName.H)]),
        (Completed, { Kind: InputKind.Ack }) =>
            new(new(Confirmed), [Effect.Stop(TimerName.G), Effect.Stop(TimerName.H), Effect.Start(TimerName.I, timers.T4)]),

        (Confirmed, { Kind: InputKind.Timer, Timer: TimerName.I }) => new(new(Terminated), []),

        // The request coming again means nothing here: the transaction user repeats the 2xx until the ACK comes (RFC 3261 section 13.3.1.4).
        (Accepted, { Kind: InputKind.Respond, Status: >= 200 and < 300 }) => new(state, [SendResponse]),
        (Accepted, { Kind: InputKind.Ack }) => new(state, [PassAck]),
        (Accepted, { Kind: InputKind.Timer, Timer: TimerName.L }) => new(new(Terminated), []),

        _ => TransactionStep.Ignored(state),
    };

    private static TransactionStep ResendFinal(TimeSpan next) => new(new(Completed, next), [SendResponse, Effect.Start(TimerName.G, next)]);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
