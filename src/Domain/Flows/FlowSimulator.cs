using System.Collections.Immutable;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Flows;

/// <summary>What a simulated caller does, and what the world answers.</summary>
/// <param name="Keys">What is keyed in each time the flow listens; empty for silence. When they are used up, the caller stays silent.</param>
/// <param name="Answer">Answers a question, by the step that asks.</param>
/// <param name="IsOpen">Whether a calendar is open; null when there is none of that name.</param>
public sealed record FlowRehearsal(IReadOnlyList<string> Keys, Func<FlowAsk, Task<FlowAnswer>> Answer, Func<string, bool?> IsOpen);

/// <summary>One line of a simulated call.</summary>
/// <param name="Step">Where it was; empty for the end.</param>
/// <param name="What">What happened there.</param>
public sealed record FlowLine(string Step, string What);

/// <summary>Goes through a flow with a caller who is made up, in no time: prompts end at once, timers run out at once.</summary>
public static class FlowSimulator
{
    // A caller who says nothing leaves every menu in the end; a flow that holds even that one is stopped here.
    private const int MostInputs = 1_000;

    /// <summary>Tells the way of a call.</summary>
    /// <exception cref="InvalidOperationException">The flow does not end.</exception>
    public static async Task<IReadOnlyList<FlowLine>> RunAsync(FlowState state, FlowRehearsal rehearsal)
    {
        var (lines, keys) = (new List<FlowLine>(), new Queue<string>(rehearsal.Keys));
        var next = new Queue<FlowInput>([new FlowBegun()]);
        for (var i = 0; next.TryDequeue(out var input); i++)
        {
            if (i == MostInputs)
            {
                throw new InvalidOperationException($"After {MostInputs} inputs the call is still in the flow, at step {state.Step}.");
            }

            var turn = FlowMachine.Take(state, input);
            state = turn.State;
            foreach (var effect in turn.Effects)
            {
                lines.AddRange(Lines(effect));
                foreach (var follows in await FollowingAsync(effect, state, rehearsal, keys))
                {
                    next.Enqueue(follows);
                }
            }
        }

        return lines;
    }

    private static async Task<IReadOnlyList<FlowInput>> FollowingAsync(FlowEffect effect, FlowState state, FlowRehearsal rehearsal, Queue<string> keys) => effect switch
    {
        FlowPlay play => [new FlowPlayed(play.Serial)],

        FlowWait wait when wait.Serial != state.Serial => [],

        // The timer of the first key asks the caller; those between keys only run out.
        FlowWait wait when state.Keys.Length == 0 && keys.TryDequeue(out var pressed) && pressed.Length > 0 => [.. pressed.Select(key => new FlowKey(key)), new FlowTimeUp(wait.Serial)],
        FlowWait wait => [new FlowTimeUp(wait.Serial)],
        FlowAskHours hours => [new FlowHours(hours.Serial, rehearsal.IsOpen(hours.Calendar))],
        FlowAsk ask => [new FlowAnswered(ask.Serial, await rehearsal.Answer(ask))],
        _ => [],
    };

    private static IEnumerable<FlowLine> Lines(FlowEffect effect) => effect switch
    {
        FlowPlay play => play.Sounds.Select(sound => new FlowLine("", sound.File is { } file ? $"plays {file}" : $"says \"{sound.Text}\" ({sound.Language})")),
        FlowStepTaken taken => [new FlowLine(taken.Step, $"{taken.Kind}: {taken.Result}{(taken.Input is { } input ? $" ({input})" : "")}")],
        FlowAttribute attribute => [new FlowLine("", $"{attribute.Name} = {attribute.Value}")],
        FlowAsk { Question: FlowHttpQuestion http } => [new FlowLine("", $"asks {(http.Connection is { } service ? $"{service}: " : "")}{http.Method} {http.Url}")],
        FlowAsk { Question: FlowSqlQuestion sql } => [new FlowLine("", $"asks {sql.Connection}: {sql.Query}")],
        FlowAskHours hours => [new FlowLine("", $"looks at calendar {hours.Calendar}")],
        FlowCompleted => [new FlowLine("", "self-service completed")],
        FlowScored scored => [new FlowLine("", $"{scored.Question}: {scored.Score} of {scored.Lowest} to {scored.Highest}")],
        FlowLeft { Failed: { } failed } => [new FlowLine("", failed)],
        FlowLeft left => [new FlowLine("", $"leaves for {left.To}"), .. left.Needs is { } needs ? Lines(needs) : []],
        _ => [],
    };

    private static IEnumerable<FlowLine> Lines(FlowNeeds needs)
    {
        foreach (var need in needs.Skills)
        {
            var relaxed = string.Concat(need.Relaxations.Select(r => $", {r.Minimum} after {r.AfterSeconds} s"));
            yield return new FlowLine("", $"{(need.Strength == SkillStrength.Required ? "requires" : "prefers")} {need.Name} {need.Minimum}{relaxed}");
        }

        if (needs.Agent is { } agent)
        {
            yield return new FlowLine("", $"waits for agent {agent}, after {needs.AgentPatienceSeconds} s for anybody");
        }
    }
}
