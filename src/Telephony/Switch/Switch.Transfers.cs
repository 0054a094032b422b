using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What is done about a <see cref="TransferRequested"/>.</summary>
public sealed partial class Switch
{
    /// <summary>Takes it on (202): the other side is told how the call goes by <see cref="ReportTransfer"/>, unless it wants to hear nothing (RFC 4488).</summary>
    public bool AcceptTransfer(LegId leg, TransferId transfer) => On(leg, found => found.AcceptTransfer(transfer));

    /// <summary>Refuses it; its leg goes on as it was.</summary>
    /// <param name="leg">The leg that asked.</param>
    /// <param name="transfer">Its request.</param>
    /// <param name="status">400 to 699.</param>
    /// <param name="reason">Reason phrase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a refusal.</exception>
    /// <exception cref="ArgumentException"><paramref name="reason"/> holds a line break.</exception>
    public bool RefuseTransfer(LegId leg, TransferId transfer, int status, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        SipText.ThrowIfBreaksLine(reason, nameof(reason));
        return On(leg, found => found.RefuseTransfer(transfer, status, reason));
    }

    /// <summary>Tells how the call goes that was asked for; after 200 the other side ends its leg, after a refusal it may take its call back.</summary>
    /// <param name="leg">The leg that asked.</param>
    /// <param name="transfer">Its request, accepted before.</param>
    /// <param name="status">100 to 699; from 200 on it is the last word.</param>
    /// <param name="reason">Reason phrase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is no status.</exception>
    /// <exception cref="ArgumentException"><paramref name="reason"/> holds a line break.</exception>
    public bool ReportTransfer(LegId leg, TransferId transfer, int status, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        SipText.ThrowIfBreaksLine(reason, nameof(reason));
        return On(leg, found => found.ReportTransfer(transfer, status, reason));
    }

    // What an INVITE with Replaces may take the place of (RFC 3891 section 3); null when it may, with the leg.
    private SipResponse? ReplacementFault(SipRequest invite, string toTag, out LegId? replaced)
    {
        replaced = null;
        if (!Replaces.TryRead(invite.Headers, out var replaces))
        {
            return SipResponse.For(invite, 400, "Bad Request (Replaces)", toTag);
        }

        if (replaces is null)
        {
            return null;
        }

        var user = _agent.FindDialog(replaces.Dialog);
        replaced = (user?.User as Leg)?.Id;
        return user?.Phase switch
        {
            DialogPhase.Ended => SipResponse.For(invite, 603, "Decline", toTag),
            DialogPhase.Confirmed when replaces.EarlyOnly => SipResponse.For(invite, 486, "Busy Here", toTag),
            DialogPhase.Confirmed or DialogPhase.EarlyOurs when replaced is not null => null,

            // Nobody, or a call that rings at our own door: only who made an early dialog may give it away.
            _ => SipResponse.For(invite, 481, "Call/Transaction Does Not Exist", toTag),
        };
    }
}
