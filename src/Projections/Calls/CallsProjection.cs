using CallCenter.Domain.Calls;
using CallCenter.EventStore;

namespace CallCenter.Projections.Calls;

/// <summary>Every call, its visits to queues, its offers to agents and the answers of its surveys: the read model behind call lists, live queues and all KPI figures. What adds up of them is kept by quarter hour, too.</summary>
public sealed class CallsProjection : IProjection
{
    public string Name => "calls";

    public int Version => 5;

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(CallReceived), typeof(CallEnteredIvr), typeof(CallQueued), typeof(CallOffered), typeof(CallOfferNotAnswered), typeof(CallAnswered),
        typeof(CallHeld), typeof(CallRetrieved), typeof(CallAbandoned), typeof(CallEnded), typeof(WrapUpStarted), typeof(WrapUpCompleted), typeof(CallTransferred),
        typeof(CallMediaMeasured), typeof(IvrStepTaken), typeof(CallLeftIvr), typeof(CallAttributeSet), typeof(SelfServiceCompleted), typeof(SurveyAnswered),
        typeof(CallMuted), typeof(CallUnmuted), typeof(CallDialled), typeof(PartyJoined), typeof(PartyLeft), typeof(CallParked), typeof(ParkTimedOut), typeof(ParkedCallRetrieved),
        typeof(CallPickedUp), typeof(CallForwarded), typeof(CallLengthWarned), typeof(SupervisionStarted), typeof(SupervisionEnded), typeof(CallTakenOver),
        typeof(CallOverflowed), typeof(CallVoicemailStarted), typeof(CallVoicemailDropped), typeof(CallLeftForCallback),
        typeof(CallRecordingStarted), typeof(CallRecordingPaused), typeof(CallRecordingResumed), typeof(CallRecorded), typeof(CallRecordingDeleted), typeof(CallClassified), typeof(CallWaitingSignalled), typeof(CallWithdrawn),
    ];

    public string Schema(string schemaName) => CallsSchema.Create(schemaName);

    public string Indexes(string schemaName) => CallsSchema.Indexes(schemaName);

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var table = new CallsTable(batch.Connection, batch.Transaction, batch.SchemaName);
        var begun = batch.Events.Where(e => e.Data is CallReceived).Select(e => e.StreamId).ToHashSet();
        var calls = await table.LoadAsync(batch.Events.Select(e => e.StreamId).Where(id => !begun.Contains(id)).Distinct().ToArray(), cancellationToken);
        var quarters = new CallQuarters(batch.Connection, batch.Transaction, batch.SchemaName);
        foreach (var call in calls.Values)
        {
            quarters.Take(call);
        }

        foreach (var stored in batch.Events)
        {
            if (!calls.TryGetValue(stored.StreamId, out var call))
            {
                calls.Add(stored.StreamId, call = new CallView());
            }

            call.Apply((CallEvent)stored.Data, stored.Version);
        }

        var kept = calls.Where(pair => !pair.Value.IsWithdrawn).ToList();
        kept.ForEach(pair => quarters.Put(pair.Value));
        await table.InsertAsync([.. kept.Where(pair => begun.Contains(pair.Key)).Select(pair => pair.Value)], cancellationToken);
        await table.SaveAsync([.. kept.Where(pair => !begun.Contains(pair.Key)).Select(pair => pair.Value)], cancellationToken);
        await table.DeleteAsync([.. calls.Where(pair => pair.Value.IsWithdrawn).Select(pair => pair.Key)], cancellationToken);
        await quarters.SaveAsync(cancellationToken);
    }
}
