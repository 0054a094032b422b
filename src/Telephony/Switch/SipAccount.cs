namespace CallCenter.Telephony;

/// <summary>What the switch knows of a phone's owner.</summary>
/// <param name="Extension">User part of the address of record, and digest user name.</param>
/// <param name="Ha1Md5">MD5(extension:realm:password), lower-case hex (RFC 7616 section 3.4.2).</param>
/// <param name="Ha1Sha256">SHA-256(extension:realm:password), lower-case hex.</param>
/// <param name="DisplayName">The owner's name, for people.</param>
public sealed record SipAccount(string Extension, string Ha1Md5, string Ha1Sha256, string DisplayName);

/// <summary>Looks up accounts. Called on the signalling loop for every REGISTER and INVITE: answers from memory, never blocks, never throws.</summary>
public interface IAccounts
{
    SipAccount? Find(string extension);
}
