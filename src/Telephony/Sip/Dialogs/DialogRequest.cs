namespace CallCenter.Telephony.Sip;

/// <summary>A request of ours within a dialog, other than INVITE. Belongs to the loop.</summary>
/// <param name="done">Told once what came of it: its final response, or null when none came.</param>
internal sealed class DialogRequest(Action<SipResponse?> done) : IClientTransactionUser
{
    public static void Send(UserAgent agent, SipRequest request, SipFlow flow, Action<SipResponse?> done) =>
        agent.Transactions.Send(request, flow, new DialogRequest(done));

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (!response.IsProvisional)
        {
            done(response);
        }
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure) => done(null);
}
