using System.Text;

using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Codes that an agent presses in a call: from <c>*</c> to <c>#</c>, the keys no more than some seconds apart.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>What an agent has pressed since the last *.</summary>
    private sealed class KeyBuffer(DtmfMethod method)
    {
        public StringBuilder Keys { get; } = new();

        /// <summary>A phone that sends a key in two ways is heard in the one that came first.</summary>
        public DtmfMethod Method { get; } = method;
        public DateTimeOffset LastAt { get; set; }
    }

    private readonly Dictionary<LegId, KeyBuffer> _keys = [];

    private void PressCode(LiveCall call, DtmfReceived key)
    {
        if (call.Agent is not { } agent)
        {
            return;
        }

        if (_keys.TryGetValue(key.Leg, out var buffer) && (Now - buffer.LastAt > LongestPause || (key.Digit == '*' && key.Method == buffer.Method)))
        {
            _keys.Remove(key.Leg);
            buffer = null;
        }

        if (buffer is null)
        {
            if (key.Digit != '*')
            {
                return;
            }

            buffer = new KeyBuffer(key.Method);
            _keys[key.Leg] = buffer;
        }

        if (buffer.Method != key.Method)
        {
            return;
        }

        buffer.LastAt = Now;
        if (key.Digit != '#')
        {
            buffer.Keys.Append(key.Digit);
            return;
        }

        _keys.Remove(key.Leg);
        if (FeatureCodes.TryParse(buffer.Keys.ToString()) is { } feature && As(agent, () => Do(agent, call.State.Phase is CallPhase.Connected or CallPhase.OnHold ? call : null, feature)) is not null)
        {
            _switch.Play(key.Leg, DeskAudio.Refused, Guid.NewGuid());
        }
    }
}
