namespace CallCenter.Telephony;

/// <summary>Messages of one kind.</summary>
/// <param name="Name">A method or a status code.</param>
/// <param name="Received">From peers, since the switch began.</param>
/// <param name="Sent">By us, since the switch began.</param>
public sealed record TelephonyCount(string Name, long Received, long Sent);

/// <summary>What the switch has counted since it began, and what lives at this moment.</summary>
/// <param name="Requests">By method.</param>
/// <param name="Responses">By status code.</param>
/// <param name="Timeouts">Transactions that ended because no answer came, by the timer that fired (RFC 3261 table 4).</param>
/// <param name="RepeatedByPeers">Messages that a peer sent again.</param>
/// <param name="RepeatedByUs">Messages that we sent again.</param>
/// <param name="Malformed">Messages that could not be read.</param>
/// <param name="Refused">Requests beyond their source's limits.</param>
/// <param name="Blocked">Messages and connections of blocked sources, dropped unread.</param>
/// <param name="ServerTransactions">Requests of peers that live now.</param>
/// <param name="ClientTransactions">Requests of ours that live now.</param>
/// <param name="Dialogs">Dialogs that live now.</param>
/// <param name="Registrations">Extensions with a phone now.</param>
/// <param name="BlockedSources">Addresses that are blocked now.</param>
/// <param name="Connections">Connections that are open now, by transport.</param>
public sealed record TelephonyFigures(
    IReadOnlyList<TelephonyCount> Requests, IReadOnlyList<TelephonyCount> Responses, IReadOnlyList<(string Timer, long Count)> Timeouts, long RepeatedByPeers, long RepeatedByUs,
    long Malformed, long Refused, long Blocked, int ServerTransactions, int ClientTransactions, int Dialogs, int Registrations, int BlockedSources,
    IReadOnlyList<(string Transport, int Count)> Connections);
