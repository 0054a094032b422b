using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>One direction of a wire between two agents, which loses the messages that the wire's owner chooses.</summary>
internal sealed class LossyLink(IPEndPoint local, Func<bool> loses) : SipTransport
{
    public override string Protocol => "UDP";

    public override bool IsReliable => false;

    public override IPEndPoint LocalEndPoint => local;

    /// <summary>The far end: its agent, and its own link as the flow that it answers by.</summary>
    public (ISipTransportUser Agent, LossyLink Link) Far { get; set; }

    public override bool Send(ReadOnlySpan<byte> message, SipFlow flow)
    {
        if (!loses())
        {
            SipMessage.TryParse(message, out var parsed, out var error).ShouldBeTrue(error?.ToString());
            Far.Agent.OnMessage(parsed!, new SipFlow(Far.Link, local));
        }

        return true;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
