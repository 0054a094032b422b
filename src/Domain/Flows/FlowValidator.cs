using System.Diagnostics;

namespace CallCenter.Domain.Flows;

/// <summary>Checks a flow that is well formed: targets, reachability, variables, loops.</summary>
internal static class FlowValidator
{
    public static IEnumerable<FlowFault> Faults(FlowDocument flow) => Unknown(flow) is { Count: > 0 } unknown
        ? unknown
        : [.. Unreachable(flow), .. Loops(flow), .. flow.Steps.Values.SelectMany(step => Variables(flow, step))];

    /// <summary>Where a step can lead.</summary>
    public static IEnumerable<FlowTarget> Targets(FlowStep step) => step switch
    {
        PromptStep s => [s.Next],
        MenuStep s => [.. s.Keys.Values, .. Unanswered(s)],
        CollectStep s => [s.Next, s.Incomplete, .. Unanswered(s)],
        VerifyStep s => [s.Next, s.Failed, .. Unanswered(s)],
        SurveyStep s => [s.Next, .. Unanswered(s)],
        BranchStep s => [.. s.Cases.Select(c => c.Next), s.Otherwise],
        SetStep s => [s.Next],
        HoursStep s => [s.Open, s.Closed],
        LookupStep s => [s.Next, s.Missing, s.Failed],
        SubFlowStep s => [s.Next],
        LeaveStep { Failed: { } failed } => [failed],
        LeaveStep => [],
        _ => throw new UnreachableException($"{step.GetType().Name} has no targets."),
    };

    /// <summary>All texts of a step that may have variables.</summary>
    public static IEnumerable<FlowText> Texts(FlowStep step) => step switch
    {
        PromptStep s => Spoken(s.Prompt),
        InputStep s => [.. Spoken(s.Input.Prompt), .. Spoken(s.Input.AfterSilence), .. Spoken(s.Input.AfterInvalid)],
        BranchStep s => [s.On, .. s.Cases.Select(c => c.Is).OfType<FlowText>()],
        SetStep s => s.Values.Select(v => v.Value),
        LeaveStep s => [.. new[] { s.Target, s.Queueing?.Agent }.OfType<FlowText>(), .. s.Queueing?.Attributes.Select(a => a.Value) ?? []],
        _ => [],
    };

    public static FlowRequest? Request(FlowStep step) => step switch
    {
        LookupStep s => s.Request,
        VerifyStep s => s.Request,
        _ => null,
    };

    private static IEnumerable<FlowTarget> Unanswered(InputStep step) => [step.Input.Silent, step.Input.Invalid];

    private static IEnumerable<FlowText> Spoken(FlowPrompt prompt) => prompt.Parts.SelectMany(part => part.ByLanguage.Values);

    private static List<FlowFault> Unknown(FlowDocument flow)
    {
        var faults = flow.Steps.Values.SelectMany(Targets).Where(target => target.Step != FlowNames.Return && !flow.Steps.ContainsKey(target.Step)).Distinct()
            .Select(target => new FlowFault(target.Place, $"There is no step {target.Step}.")).ToList();
        if (!flow.Steps.ContainsKey(flow.Start))
        {
            faults.Add(new FlowFault(new FlowPlace(1, 1), $"There is no step {flow.Start} to start with."));
        }

        return faults;
    }

    private static IEnumerable<FlowFault> Unreachable(FlowDocument flow)
    {
        var (reached, open) = (new HashSet<string>(StringComparer.Ordinal) { flow.Start }, new Stack<string>([flow.Start]));
        while (open.TryPop(out var name))
        {
            foreach (var target in Targets(flow.Steps[name]).Where(target => target.Step != FlowNames.Return && reached.Add(target.Step)))
            {
                open.Push(target.Step);
            }
        }

        return flow.Steps.Values.Where(step => !reached.Contains(step.Name)).Select(step => new FlowFault(step.Place, $"Nothing leads to step {step.Name}."));
    }

    /// <summary>Steps that the caller neither hears nor answers must not lead round to themselves. Another flow that is gone through is taken to wait; the machine counts for the case that it does not.</summary>
    private static IEnumerable<FlowFault> Loops(FlowDocument flow)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var way = new List<string>();
        var faults = new List<FlowFault>();
        foreach (var name in flow.Steps.Keys.Order(StringComparer.Ordinal))
        {
            Visit(name);
        }

        return faults;

        void Visit(string name)
        {
            if (name == FlowNames.Return || done.Contains(name) || !IsInstant(flow.Steps[name]))
            {
                return;
            }

            if (way.IndexOf(name) is var begin and >= 0)
            {
                faults.Add(new FlowFault(flow.Steps[name].Place, $"Steps {string.Join(", ", way[begin..])} lead round to {name} without ever waiting for the caller."));
                return;
            }

            way.Add(name);
            foreach (var target in Targets(flow.Steps[name]))
            {
                Visit(target.Step);
            }

            way.RemoveAt(way.Count - 1);
            done.Add(name);
        }
    }

    private static bool IsInstant(FlowStep step) => step is BranchStep or SetStep or HoursStep or LookupStep;

    private static IEnumerable<FlowFault> Variables(FlowDocument flow, FlowStep step)
    {
        var known = flow.Variables.Keys.Concat(flow.Steps.Values.SelectMany(Sets)).Concat(FlowNames.BuiltIn).ToHashSet(StringComparer.Ordinal);
        foreach (var name in Texts(step).SelectMany(text => text.Variables).Where(name => !known.Contains(name)).Distinct(StringComparer.Ordinal))
        {
            yield return Fault(name == FlowNames.Pin
                ? "The PIN is known to a request of a verify step only: it is never said, kept or compared here."
                : $"Nothing gives variable {name} a value: no set, collect or lookup does, and it is not among variables.");
        }

        foreach (var name in Sets(step).Where(name => name is FlowNames.Pin or FlowNames.Caller or FlowNames.Dialled))
        {
            yield return Fault($"{name} is a name with a meaning of its own and cannot be set.");
        }

        foreach (var text in step is SetStep set ? set.Values.Where(v => v.Name == FlowNames.Language).Select(v => v.Value) : [])
        {
            if (!text.Variables.Any() && !FlowNames.IsLanguage($"{text}"))
            {
                yield return Fault($"\"{text}\" is not a language like en-us or de.");
            }
        }

        var (open, secret) = Request(step) switch
        {
            FlowHttpRequest http => (http.Url.Variables, http.Body.Values.SelectMany(text => text.Variables)),
            FlowSqlRequest sql => ([], sql.Parameters.SelectMany(text => text.Variables)),
            _ => ((IEnumerable<string>)[], []),
        };
        foreach (var name in open.Concat(secret).Where(name => name != FlowNames.Pin && !known.Contains(name)).Distinct(StringComparer.Ordinal))
        {
            yield return Fault($"Nothing gives variable {name} a value: no set, collect or lookup does, and it is not among variables.");
        }

        if (open.Contains(FlowNames.Pin, StringComparer.Ordinal) || (step is LookupStep && secret.Contains(FlowNames.Pin, StringComparer.Ordinal)))
        {
            yield return Fault("The PIN may stand in the body or a parameter of a verify step's request only: addresses are written to logs.");
        }

        if (step is VerifyStep && !secret.Contains(FlowNames.Pin, StringComparer.Ordinal))
        {
            yield return Fault("A verify step sends {pin} in its request's body or parameters.");
        }

        FlowFault Fault(string message) => new(step.Place, $"Step {step.Name}: {message}");
    }

    private static IEnumerable<string> Sets(FlowStep step) => step switch
    {
        SetStep s => s.Values.Select(v => v.Name),
        CollectStep s => [s.Into],
        LookupStep s => s.Into.Keys,
        _ => [],
    };
}
