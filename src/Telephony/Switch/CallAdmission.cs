using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>Decides whose calls are taken: a From that is an extension must prove it by digest, wherever it comes from; any other call must come from a trusted trunk.</summary>
internal sealed class CallAdmission(IAccounts accounts, IReadOnlyList<TrustedTrunk> trunks, DigestAuthenticator authenticator)
{
    /// <summary>True with the call's source; else <paramref name="refusal"/> is the 401 or 403 to answer with.</summary>
    public bool TryAdmit(SipRequest invite, IPAddress source, string toTag, out CallSource? admitted, out SipResponse? refusal)
    {
        admitted = null;
        refusal = null;
        var caller = CallerOf(invite);
        if (accounts.Find(caller) is not null)
        {
            admitted = authenticator.TryAuthenticate(invite, caller, toTag, out refusal) ? new ExtensionSource(caller) : null;
        }
        else if (trunks.FirstOrDefault(trunk => trunk.Network.Contains(source)) is { } trunk)
        {
            admitted = new TrunkSource(trunk.Name);
        }
        else
        {
            refusal = SipResponse.For(invite, 403, "Forbidden", toTag);
        }

        return admitted is not null;
    }

    /// <summary>The caller's number: user part of a SIP address, or what a tel address holds before its parameters.</summary>
    public static string CallerOf(SipRequest invite) =>
        invite.From.Uri.Opaque is { } number ? number.Split(';', 2)[0] : invite.From.Uri.UserText;
}
