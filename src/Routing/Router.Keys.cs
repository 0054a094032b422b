using System.Text;

using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Codes that an agent presses in a call: from <c>*</c> to <c>#</c>, the keys no more than some seconds apart.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>What an agent presses on a leg.</summary>
    private sealed class KeyBuffer
    {
        /// <summary>Every key that the agent has pressed in the call, once.</summary>
        public KeyPresses Presses { get; } = new();

        /// <summary>Since the last *; null while nothing has begun.</summary>
        public StringBuilder? Code { get; set; }
        public DateTimeOffset LastAt { get; set; }
    }

    private readonly Dictionary<LegId, KeyBuffer> _keys = [];

    private void PressCode(LiveCall call, DtmfReceived key)
    {
        if (call.Agent is not { } agent)
        {
            return;
        }

        if (!_keys.TryGetValue(key.Leg, out var buffer))
        {
            _keys[key.Leg] = buffer = new KeyBuffer();
        }

        if (!buffer.Presses.IsNew(key.Method, Now))
        {
            return;
        }

        var isLate = Now - buffer.LastAt > LongestPause;
        buffer.LastAt = Now;
        buffer.Code = key.Digit == '*' ? new StringBuilder() : isLate ? null : buffer.Code;
        if (key.Digit != '#' || buffer.Code is not { } code)
        {
            buffer.Code?.Append(key.Digit);
            return;
        }

        buffer.Code = null;
        if (FeatureCodes.TryParse(code.ToString()) is { } feature && As(agent, () => Do(agent, call.State.Phase is CallPhase.Connected or CallPhase.OnHold ? call : null, feature)) is not null)
        {
            _switch.Play(key.Leg, DeskAudio.Refused, Guid.NewGuid());
        }
    }
}
