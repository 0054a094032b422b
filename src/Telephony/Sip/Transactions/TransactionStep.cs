using System.Runtime.CompilerServices;

namespace CallCenter.Telephony.Sip;

/// <summary>States of the four transaction machines, named as RFC 3261 section 17 and RFC 6026 name them.</summary>
public enum TransactionPhase
{
    /// <summary>Before the first request is sent or taken up.</summary>
    Initial,
    Calling,
    Trying,
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

/// <summary>Timers of RFC 3261 table 4 and RFC 6026 (L, M). C belongs to proxies.</summary>
public enum TimerName
{
    A,
    B,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
}

/// <summary>What can happen to a transaction.</summary>
public enum InputKind
{
    /// <summary>It begins: a client sends its request, a server takes one up.</summary>
    Start,

    /// <summary>A server received its request once more.</summary>
    Request,

    /// <summary>An INVITE server received an ACK.</summary>
    Ack,

    /// <summary>A client received a response.</summary>
    Response,

    /// <summary>The transaction user of a server wants to send a response.</summary>
    Respond,

    /// <summary>A timer fired.</summary>
    Timer,

    /// <summary>The transport could not deliver.</summary>
    TransportError,
}

/// <summary>One input of a machine; the status goes with responses, the timer with timers.</summary>
public readonly record struct TransactionInput(InputKind Kind, int Status = 0, TimerName Timer = default)
{
    public static TransactionInput Start => new(InputKind.Start);

    public static TransactionInput Request => new(InputKind.Request);

    public static TransactionInput Ack => new(InputKind.Ack);

    public static TransactionInput TransportError => new(InputKind.TransportError);

    public static TransactionInput Response(int status) => new(InputKind.Response, status);

    public static TransactionInput Respond(int status) => new(InputKind.Respond, status);

    public static TransactionInput Fired(TimerName timer) => new(InputKind.Timer, 0, timer);
}

/// <summary>What a machine wants done.</summary>
public enum EffectKind
{
    /// <summary>Send the request, for the first time or again.</summary>
    SendRequest,

    /// <summary>Send the ACK for a final response that is not 2xx.</summary>
    SendAck,

    /// <summary>Send the latest response, for the first time or again.</summary>
    SendResponse,

    /// <summary>Hand the response to the transaction user.</summary>
    PassResponse,

    /// <summary>Hand the ACK to the transaction user.</summary>
    PassAck,

    /// <summary>Tell the transaction user that time has run out.</summary>
    ReportTimeout,

    /// <summary>Tell the transaction user that the transport failed.</summary>
    ReportTransportError,

    StartTimer,

    StopTimer,
}

/// <summary>One effect; timer and delay go with the timer kinds.</summary>
public readonly record struct Effect(EffectKind Kind, TimerName Timer = default, TimeSpan Delay = default)
{
    public static Effect Start(TimerName timer, TimeSpan delay) => new(EffectKind.StartTimer, timer, delay);

    public static Effect Stop(TimerName timer) => new(EffectKind.StopTimer, timer);

    public static implicit operator Effect(EffectKind kind) => new(kind);
}

/// <summary>The effects of one step in their order, held without allocation.</summary>
[CollectionBuilder(typeof(Effects), nameof(Create))]
public struct Effects
{
    private const int Capacity = 6;
    private Buffer _items;

    public int Count { get; private set; }

    public static Effects Create(ReadOnlySpan<Effect> items)
    {
        var effects = new Effects { Count = items.Length };
        items.CopyTo(effects._items);
        return effects;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<Effect> AsSpan() => ((ReadOnlySpan<Effect>)_items)[..Count];

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<Effect>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    [InlineArray(Capacity)]
    private struct Buffer
    {
        private Effect _first;
    }
}

/// <summary>State of a machine: its phase and the interval that its retransmission timer (A, E or G) was last set to.</summary>
public readonly record struct TransactionState(TransactionPhase Phase, TimeSpan Interval = default)
{
    public static TransactionState Initial => new(TransactionPhase.Initial);
}

/// <summary>What a step gives: the next state and what to do about it.</summary>
public readonly record struct TransactionStep(TransactionState State, Effects Effects)
{
    /// <summary>An input that means nothing in this state.</summary>
    public static TransactionStep Ignored(TransactionState state) => new(state, []);
}
