namespace CallCenter.Telephony.Sip;

/// <summary>Why a transaction gave up.</summary>
internal enum TransactionFailure
{
    /// <summary>Timer B, F or H.</summary>
    Timeout,

    /// <summary>The network could not deliver.</summary>
    Unreachable,
}

/// <summary>A live transaction: keeps the state, runs the effects that its machine asks for. Belongs to the loop.</summary>
internal abstract class Transaction(TransactionLayer layer, SipRequest request, SipFlow flow)
{
    // No state of any machine has more than two timers running.
    private (TimerName Name, TimerHandle? Handle) _first;
    private (TimerName Name, TimerHandle? Handle) _second;
    private TransactionState _state = TransactionState.Initial;

    public SipRequest Request { get; private set; } = request;

    /// <summary>Where this side's messages go.</summary>
    public SipFlow Flow { get; private set; } = flow;

    public TransactionPhase Phase => _state.Phase;

    protected TransactionLayer Layer { get; } = layer;

    public void Apply(TransactionInput input)
    {
        if (_state.Phase == TransactionPhase.Terminated || (input.Kind == InputKind.TransportError && TryOtherWay()))
        {
            return;
        }

        var step = Next(_state, input);
        _state = step.State;
        foreach (ref readonly var effect in step.Effects)
        {
            Count(input, effect.Kind);
            Run(effect);
        }

        if (_state.Phase == TransactionPhase.Terminated)
        {
            End();
        }
    }

    /// <summary>Ends a transaction that nothing more is expected of.</summary>
    public void Abandon()
    {
        if (_state.Phase != TransactionPhase.Terminated)
        {
            _state = new TransactionState(TransactionPhase.Terminated);
            End();
        }
    }

    /// <summary>Goes on over another transport after the present one has failed, where there is one.</summary>
    protected virtual bool TryOtherWay() => false;

    /// <summary>Forgets what has been tried and begins anew.</summary>
    protected void Restart(SipRequest request, SipFlow flow)
    {
        Stop(ref _first);
        Stop(ref _second);
        Request = request;
        Flow = flow;
        _state = TransactionState.Initial;
        Apply(TransactionInput.Start);
    }

    protected abstract TransactionStep Next(TransactionState state, TransactionInput input);

    /// <summary>Runs an effect other than a timer's.</summary>
    protected abstract void Perform(EffectKind effect);

    /// <summary>Takes the ended transaction out of the layer.</summary>
    protected abstract void Leave();

    protected void Transmit(byte[] message)
    {
        if (!Flow.Send(message))
        {
            // Posted, not called: the machine is in the middle of a step.
            Layer.Loop.Post(() => Apply(TransactionInput.TransportError));
        }
    }

    private void Count(TransactionInput input, EffectKind effect)
    {
        if (Layer.Watch is not { Counters: var counters })
        {
            return;
        }

        if (effect == EffectKind.ReportTimeout)
        {
            counters.CountTimeout(input.Timer);
        }
        else if (effect is EffectKind.SendRequest or EffectKind.SendResponse && input.Kind is InputKind.Timer or InputKind.Request)
        {
            counters.RepeatedByUs++;
        }
    }

    private void End()
    {
        Stop(ref _first);
        Stop(ref _second);
        Leave();
    }

    private void Run(Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.StartTimer:
                ref var slot = ref _first.Handle is null || _first.Name == effect.Timer ? ref _first : ref _second;
                Stop(ref slot);
                var timer = effect.Timer;
                slot = (timer, Layer.Loop.Timers.Start(effect.Delay, () => Apply(TransactionInput.Fired(timer))));
                break;
            case EffectKind.StopTimer:
                if (_first.Name == effect.Timer)
                {
                    Stop(ref _first);
                }
                else if (_second.Name == effect.Timer)
                {
                    Stop(ref _second);
                }

                break;
            default:
                Perform(effect.Kind);
                break;
        }
    }

    private void Stop(ref (TimerName Name, TimerHandle? Handle) slot)
    {
        Layer.Loop.Timers.Cancel(slot.Handle);
        slot = default;
    }
}
