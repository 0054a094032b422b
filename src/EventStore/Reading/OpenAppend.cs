namespace CallCenter.EventStore;

/// <summary>A transaction that has drawn positions and is still open: no reader goes past them until it ends.</summary>
/// <param name="Pid">Its server process; 0 for a prepared transaction.</param>
/// <param name="Application">The name that its client gave.</param>
/// <param name="Age">Since it began.</param>
/// <param name="State">As in <c>pg_stat_activity</c>, for instance <c>idle in transaction</c>.</param>
/// <param name="Query">Its present or last statement.</param>
public sealed record OpenAppend(int Pid, string Application, TimeSpan Age, string State, string Query);
