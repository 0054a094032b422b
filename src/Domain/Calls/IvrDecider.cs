using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Calls.CallEvent>;

namespace CallCenter.Domain.Calls;

/// <summary>What may happen to a call in the IVR.</summary>
internal static class IvrDecider
{
    public static Decision<CallEvent> Decide(IvrCommand command, Call call, DateTimeOffset at) => command switch
    {
        TakeIvrStep c => Accept(new IvrStepTaken(call.Id, c.Flow, c.Version, c.Step, c.Kind, c.Result, at, c.Input)),
        CompleteSelfService c => Accept(new SelfServiceCompleted(call.Id, c.Flow, c.Step, at)),
        AnswerSurvey c when c.Score < c.Lowest || c.Score > c.Highest => Refuse("SCORE", $"A score of {c.Question} is {c.Lowest} to {c.Highest}, not {c.Score}."),
        AnswerSurvey c => Accept(new SurveyAnswered(call.Id, c.Question, c.Score, c.Lowest, c.Highest, at)),
        LeaveIvr { To.Kind: DestinationKind.Number } => Accept(new CallLeftIvr(call.Id, new Destination(DestinationKind.Number), at)),
        LeaveIvr c => Accept(new CallLeftIvr(call.Id, c.To, at)),
        EndInIvr => Accept(new CallEnded(call.Id, CallParty.System, "flow-ended", Outcome(call), at)),
        _ => throw new UnreachableException($"The IVR does not decide {command.GetType().Name}."),
    };

    /// <summary>How a call counts that ends in the IVR.</summary>
    public static CallOutcome Outcome(Call call) => call.SelfServed ? CallOutcome.SelfServed : CallOutcome.LeftInIvr;
}
