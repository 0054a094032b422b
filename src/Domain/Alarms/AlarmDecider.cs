using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Alarms.AlarmEvent>;

namespace CallCenter.Domain.Alarms;

/// <summary>When an alarm is raised and cleared: at the threshold and below it, once each.</summary>
public static class AlarmDecider
{
    public static Decision<AlarmEvent> Decide(AlarmCommand command, QueueAlarms alarms)
    {
        var at = command.At.NotBefore(alarms.LastAt);
        return command switch
        {
            ConfigureAlarms { Thresholds.Fault: { } fault } => Refuse("ALARM_THRESHOLDS", fault),
            ConfigureAlarms c when c.Thresholds == alarms.Thresholds => Accept(),
            ConfigureAlarms c => Accept(new AlarmsConfigured(c.QueueId, c.Thresholds, at)),
            ObserveQueue { Figures: var figures } => Accept([.. Enum.GetValues<AlarmKind>().Select(kind => Judge(kind, figures)).OfType<AlarmEvent>()]),
            _ => throw new UnreachableException($"QueueAlarms does not decide {command.GetType().Name}."),
        };

        AlarmEvent? Judge(AlarmKind kind, QueueFigures figures)
        {
            var (value, threshold, isWrong) = Compare(kind, figures, alarms.Thresholds);
            return (isWrong, alarms.Raised.ContainsKey(kind)) switch
            {
                (true, false) => new AlarmRaised(figures.QueueId, kind, value, threshold, at),
                (false, true) => new AlarmCleared(figures.QueueId, kind, at),
                _ => null,
            };
        }
    }

    private static (double Value, double Threshold, bool IsWrong) Compare(AlarmKind kind, QueueFigures figures, AlarmThresholds thresholds) => kind switch
    {
        AlarmKind.Wait => (figures.LongestWaitSeconds, thresholds.WaitSeconds ?? 0, figures.LongestWaitSeconds >= thresholds.WaitSeconds),
        AlarmKind.Waiting => (figures.Waiting, thresholds.Waiting ?? 0, figures.Waiting >= thresholds.Waiting),
        AlarmKind.ServiceLevel => (figures.ServiceLevelPercent ?? 100, thresholds.ServiceLevelPercent ?? 0, figures.ServiceLevelPercent < thresholds.ServiceLevelPercent),
        AlarmKind.NobodySignedIn => (figures.SignedIn, 1, thresholds.NobodySignedIn && figures.SignedIn == 0),
        _ => throw new UnreachableException($"Alarm {kind} compares nothing."),
    };
}
