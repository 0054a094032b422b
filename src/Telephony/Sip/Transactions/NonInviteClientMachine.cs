using static CallCenter.Telephony.Sip.EffectKind;
using static CallCenter.Telephony.Sip.TransactionPhase;

namespace CallCenter.Telephony.Sip;

/// <summary>The non-INVITE client transaction: RFC 3261 section 17.1.2. Pure.</summary>
public static class NonInviteClientMachine
{
    public static TransactionStep Step(TransactionState state, TransactionInput input, SipTimers timers, bool reliable) => (state.Phase, input) switch
    {
        (Initial, { Kind: InputKind.Start }) when reliable =>
            new(new(Trying), [SendRequest, Effect.Start(TimerName.F, timers.TransactionTimeout)]),
        (Initial, { Kind: InputKind.Start }) =>
            new(new(Trying, timers.T1), [SendRequest, Effect.Start(TimerName.E, timers.T1), Effect.Start(TimerName.F, timers.TransactionTimeout)]),

        (Trying, { Kind: InputKind.Timer, Timer: TimerName.E }) => Resend(Trying, Shorter(state.Interval * 2, timers.T2)),
        (Proceeding, { Kind: InputKind.Timer, Timer: TimerName.E }) => Resend(Proceeding, timers.T2),

        (Trying or Proceeding, { Kind: InputKind.Timer, Timer: TimerName.F }) => new(new(Terminated), [Effect.Stop(TimerName.E), ReportTimeout]),
        (Trying or Proceeding, { Kind: InputKind.TransportError }) =>
            new(new(Terminated), [Effect.Stop(TimerName.E), Effect.Stop(TimerName.F), ReportTransportError]),

        (Trying or Proceeding, { Kind: InputKind.Response, Status: < 200 }) => new(new(Proceeding, state.Interval), [PassResponse]),
        (Trying or Proceeding, { Kind: InputKind.Response }) when reliable => new(new(Terminated), [Effect.Stop(TimerName.F), PassResponse]),
        (Trying or Proceeding, { Kind: InputKind.Response }) =>
            new(new(Completed), [Effect.Stop(TimerName.E), Effect.Stop(TimerName.F), Effect.Start(TimerName.K, timers.T4), PassResponse]),

        (Completed, { Kind: InputKind.Timer, Timer: TimerName.K }) => new(new(Terminated), []),

        _ => TransactionStep.Ignored(state),
    };

    private static TransactionStep Resend(TransactionPhase phase, TimeSpan next) => new(new(phase, next), [SendRequest, Effect.Start(TimerName.E, next)]);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
