using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Keys pressed by the remote party, and for it.</summary>
public sealed partial class MediaLeg
{
    /// <summary>Told of each key that the remote party presses, on the thread that receives its audio.</summary>
    internal Action<DtmfDigit>? DigitReceived { get; set; }

    /// <summary>Told of each key of the bridged leg that cannot be passed on as it came, on the thread that receives that one's audio.</summary>
    internal Action<DtmfDigit>? DigitToConvert { get; set; }

    /// <summary>The remote party takes keys as telephone events (RFC 4733).</summary>
    internal bool TakesEvents => _sender.TakesEvents(foreign: null);

    /// <summary>Presses keys for the remote party: as telephone events where it takes them, else as tones.</summary>
    internal void Press(KeyPresses keys)
    {
        if (_sender.Press(keys))
        {
            _engine.Player.Add(_sender);
        }
    }

    /// <summary>Presses a key that came in another way than audio for the bridged leg, if any.</summary>
    internal void PassOn(DtmfDigit digit) => _peer?.DigitToConvert?.Invoke(digit);

    private void OnDigit(DtmfDigit digit, ForeignCodec? clock)
    {
        DigitReceived?.Invoke(digit);
        if (_peer is { } peer && !peer._sender.TakesEvents(clock))
        {
            peer.DigitToConvert?.Invoke(digit);
        }
    }
}
