namespace CallCenter.Telephony.Sip;

/// <summary>How far the exchange of offers in a dialog is.</summary>
internal enum OfferState
{
    /// <summary>The other side's offer waits for our answer.</summary>
    Theirs,

    /// <summary>Our offer waits for the other side's answer.</summary>
    Ours,

    /// <summary>No offer is open.</summary>
    Settled,
}

/// <summary>Answers an UPDATE of the other side, in an early dialog or an answered call (RFC 3311 section 5.2).</summary>
internal static class PeerUpdate
{
    /// <param name="agent">Builds the answer.</param>
    /// <param name="dialog">Whose target the UPDATE moves.</param>
    /// <param name="user">Answers its offer.</param>
    /// <param name="update">The request.</param>
    /// <param name="state">An offer is answered only when no other is open.</param>
    /// <param name="timer">The session timer, which runs from the answer of the call on.</param>
    public static void Answer(UserAgent agent, Dialog dialog, ISessionUser user, ServerTransaction update, OfferState state, SessionTimer? timer)
    {
        var request = update.Request;
        if (agent.Messages.ContentFault(request) is { } fault)
        {
            update.Respond(fault);
            return;
        }

        if (timer is not null && SessionTimer.IsTooBrief(request, agent.Timers))
        {
            update.Respond(SessionTimer.TooBrief(request, dialog.Id.LocalTag, agent.Timers));
            return;
        }

        string? answer = null;
        if (!request.Body.IsEmpty)
        {
            switch (state)
            {
                case OfferState.Theirs:
                    update.Respond(agent.Messages.RetryLater(request));
                    return;
                case OfferState.Ours:
                    update.Respond(491, "Request Pending");
                    return;
                case OfferState.Settled when !user.TryAnswerOffer(request.Body, out answer):
                    update.Respond(488, "Not Acceptable Here");
                    return;
            }
        }

        dialog.RefreshTarget(request);
        var response = agent.Messages.SessionResponse(update, 200, "OK", dialog.Id.LocalTag, answer);
        timer?.Answer(request, response);
        update.Respond(response);
    }
}
