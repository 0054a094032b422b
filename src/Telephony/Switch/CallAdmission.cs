using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// Decides whose calls are taken: those of a trusted trunk, unless their From is an extension of ours, and those that prove by digest to come from an extension.
/// Everybody else gets the same challenge, whether the user of the From exists or not: a scanner learns nothing.
/// </summary>
internal sealed class CallAdmission(IAccounts accounts, TrunkTable trunks, DigestAuthenticator authenticator)
{
    /// <summary>True with the call's source, and its trunk when it comes over one; else <paramref name="challenge"/> is the 401 to answer with.</summary>
    public bool TryAdmit(SipRequest invite, IPAddress source, SourceRecord? record, string toTag, out CallSource? admitted, out TrunkLine? trunk, out SipResponse? challenge)
    {
        admitted = null;
        challenge = null;
        var caller = CallerIdentity.NumberOf(invite.From.Uri);
        trunk = trunks.Find(source);
        if (trunk is not null && accounts.Find(caller) is null)
        {
            admitted = new TrunkSource(trunk.Settings.Name);
            return true;
        }

        trunk = null;
        if (!authenticator.TryAuthenticate(invite, caller, toTag, record, out challenge))
        {
            return false;
        }

        admitted = new ExtensionSource(caller);
        return true;
    }
}
