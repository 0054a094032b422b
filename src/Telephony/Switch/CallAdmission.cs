using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// Decides whose calls are taken: those of a trusted trunk, unless their From is an extension of ours, and those that prove by digest to come from an extension.
/// Everybody else gets the same challenge, whether the user of the From exists or not: a scanner learns nothing.
/// </summary>
internal sealed class CallAdmission(IAccounts accounts, IReadOnlyList<TrustedTrunk> trunks, DigestAuthenticator authenticator)
{
    /// <summary>True with the call's source; else <paramref name="challenge"/> is the 401 to answer with.</summary>
    public bool TryAdmit(SipRequest invite, IPAddress source, string toTag, out CallSource? admitted, out SipResponse? challenge)
    {
        admitted = null;
        challenge = null;
        var caller = CallerOf(invite);
        if (trunks.FirstOrDefault(trunk => trunk.Network.Contains(source)) is { } trunk && accounts.Find(caller) is null)
        {
            admitted = new TrunkSource(trunk.Name);
        }
        else if (authenticator.TryAuthenticate(invite, caller, toTag, out challenge))
        {
            admitted = new ExtensionSource(caller);
        }

        return admitted is not null;
    }

    /// <summary>The caller's number: user part of a SIP address, or what a tel address holds before its parameters.</summary>
    public static string CallerOf(SipRequest invite) =>
        invite.From.Uri.Opaque is { } number ? number.Split(';', 2)[0] : invite.From.Uri.UserText;
}
