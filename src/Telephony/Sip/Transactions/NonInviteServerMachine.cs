using static CallCenter.Telephony.Sip.EffectKind;
using static CallCenter.Telephony.Sip.TransactionPhase;

namespace CallCenter.Telephony.Sip;

/// <summary>The non-INVITE server transaction: RFC 3261 section 17.2.2. Pure.</summary>
public static class NonInviteServerMachine
{
    public static TransactionStep Step(TransactionState state, TransactionInput input, SipTimers timers, bool reliable) => (state.Phase, input) switch
    {
        (Initial, { Kind: InputKind.Start }) => new(new(Trying), []),

        (Trying or Proceeding, { Kind: InputKind.Respond, Status: < 200 }) => new(new(Proceeding), [SendResponse]),
        (Trying or Proceeding, { Kind: InputKind.Respond }) when reliable => new(new(Terminated), [SendResponse]),
        (Trying or Proceeding, { Kind: InputKind.Respond }) => new(new(Completed), [SendResponse, Effect.Start(TimerName.J, timers.TransactionTimeout)]),
        (Proceeding or Completed, { Kind: InputKind.Request }) => new(state, [SendResponse]),

        (Proceeding, { Kind: InputKind.TransportError }) => new(new(Terminated), [ReportTransportError]),
        (Completed, { Kind: InputKind.TransportError }) => new(new(Terminated), [Effect.Stop(TimerName.J), ReportTransportError]),
        (Completed, { Kind: InputKind.Timer, Timer: TimerName.J }) => new(new(Terminated), []),

        _ => TransactionStep.Ignored(state),
    };
}
