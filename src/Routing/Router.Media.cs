using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>What is written of a call's audio, and of calls for which there was none.</summary>
public sealed partial class Router
{
    /// <summary>A measurement never delays what follows from the end of its leg: it is written with that, or by itself right after.</summary>
    private void TakeMeasured(LiveCall call)
    {
        if (call.Measured.Count > 0)
        {
            Take(StepOf(call).Call(call, [.. call.Measured]));
            call.Measured.Clear();
        }
    }

    private MeasureMedia FiguresOf(LiveCall call, LegMeasured measured)
    {
        var isCaller = measured.Leg == call.CallerLeg;
        var agent = isCaller ? call.Caller
            : call.AgentLeg == measured.Leg ? call.Agent
            : call.Handover?.Leg == measured.Leg ? call.Handover.To
            : OfferOf(call, measured.Leg)?.Agent;
        var quality = measured.Quality;
        return new MeasureMedia(
            isCaller ? CallParty.Caller : CallParty.Agent,
            agent?.Id,
            new MediaFigures(
                quality.Codec,
                quality.PacketsSent,
                quality.PacketsReceived,
                quality.PacketsLost,
                quality.RemotePacketsLost,
                Rounded(quality.Jitter.TotalMilliseconds),
                quality.RemoteJitter is { } jitter ? Rounded(jitter.TotalMilliseconds) : null,
                quality.RoundTrip is { } roundTrip ? Rounded(roundTrip.TotalMilliseconds) : null,
                quality.Mos is { } mos ? Rounded(mos) : null,
                quality.RemoteMos is { } remoteMos ? Rounded(remoteMos) : null,
                Rounded(quality.Silence.TotalSeconds)),
            Now);
    }

    /// <summary>Its leg is gone already; what is left is to tell that it was there.</summary>
    private void TurnedAway(CallTurnedAway away)
    {
        var incoming = away.Call;
        var call = CallOf(incoming, null);
        var direction = incoming.Source is ExtensionSource ? CallDirection.Internal : CallDirection.Inbound;
        Take(StepOf(call).Call(
            call, new ReceiveCall(call.Id, direction, incoming.From, incoming.To, incoming.At, incoming.SipCallId), new FailCall(away.Cause, Now)));
    }

    private static double Rounded(double value) => Math.Round(value, 2);
}
