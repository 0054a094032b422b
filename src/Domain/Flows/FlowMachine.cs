using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CallCenter.Domain.Flows;

/// <summary>What follows from an input.</summary>
public sealed record FlowTurn(FlowState State, IReadOnlyList<FlowEffect> Effects);

/// <summary>Goes through a flow with a caller. Pure: it says what is to be played, asked and recorded, and waits for nothing.</summary>
public sealed partial class FlowMachine
{
    /// <summary>What stands in an event for a PIN, however long that is.</summary>
    public const string Masked = "****";

    /// <summary>A call that has taken so many steps at once, without waiting for the caller or an answer, goes round in circles.</summary>
    public const int MostStepsAtOnce = 200;

    private const int MostCallers = 20;
    private const int MostTypedAhead = 64;

    private readonly FlowState _state;
    private readonly List<FlowEffect> _effects = [];
    private int _stepsAtOnce;

    private FlowMachine(FlowState state) => _state = new FlowState(state);

    private FlowStep Step => _state.Flow.Document.Steps[_state.Step];

    /// <summary>Takes one input. What comes too late (the end of an older playback or timer, an answer nobody waits for) changes nothing.</summary>
    /// <exception cref="UnreachableException">The input is of no known kind.</exception>
    public static FlowTurn Take(FlowState state, FlowInput input)
    {
        var machine = new FlowMachine(state);
        machine.Take(input);
        return new FlowTurn(machine._state, machine._effects);
    }

    private void Take(FlowInput input)
    {
        switch (input)
        {
            case FlowBegun when _state.Phase == FlowPhase.Ready:
                Enter(_state.Step);
                break;
            case FlowPlayed played when _state.Phase == FlowPhase.Playing && played.Serial == _state.Serial:
                Played();
                break;
            case FlowKey { Key: (>= '0' and <= '9') or '*' or '#' } pressed:
                Key(pressed.Key);
                break;
            case FlowTimeUp up when _state.Phase == FlowPhase.Listening && up.Serial == _state.Serial:
                TimeUp();
                break;
            case FlowHours hours when _state.Phase == FlowPhase.Asking && hours.Serial == _state.Serial && Step is HoursStep step:
                Done(hours.Open switch { true => "open", false => "closed", null => "no-calendar" }, hours.Open == true ? step.Open : step.Closed);
                break;
            case FlowAnswered answered when _state.Phase == FlowPhase.Asking && answered.Serial == _state.Serial:
                Answered(answered.Answer);
                break;
            case FlowNotTaken when _state.GoesOnIfNotTaken:
                Record("not-taken");
                GoTo(((LeaveStep)Step).Failed!.Step);
                break;
            case FlowNotTaken or FlowBegun or FlowPlayed or FlowKey or FlowTimeUp or FlowHours or FlowAnswered:
                break;
            default:
                throw new UnreachableException($"A flow takes no {input.GetType().Name}.");
        }
    }

    private void Enter(string name)
    {
        (_state.Step, _state.Keys, _state.Failures) = (name, "", 0);
        _state.Taken++;
        if (++_stepsAtOnce > MostStepsAtOnce)
        {
            Fail($"{MostStepsAtOnce} steps were taken at once and no end is in sight");
            return;
        }

        switch (Step)
        {
            case PromptStep prompt when prompt.BargeIn && _state.TypedAhead.Length > 0:
                Done("interrupted", prompt.Next);
                break;
            case PromptStep prompt:
                Play(prompt.Prompt);
                break;
            case InputStep { Input.BargeIn: true } when _state.TypedAhead.Length > 0:
                Listen();
                TakeTypedAhead();
                break;
            case InputStep step:
                _state.TypedAhead = "";
                Play(step.Input.Prompt);
                break;
            case BranchStep step:
                var (result, next) = Branch(step);
                Done(result, next);
                break;
            case SetStep step:
                Set(step.Values);
                Done("set", step.Next);
                break;
            case HoursStep step:
                Ask(serial => new FlowAskHours(serial, step.Calendar));
                break;
            case LookupStep step:
                Ask(serial => new FlowAsk(serial, _state.Flow.Name, step.Name, Question(step.Request, _state.Variables)));
                break;
            case SubFlowStep step:
                Call(step);
                break;
            case LeaveStep step:
                Leave(step);
                break;
            default:
                throw new UnreachableException($"A flow cannot enter {Step.GetType().Name}.");
        }
    }

    private void Play(params IEnumerable<FlowPrompt> prompts)
    {
        var sounds = prompts.SelectMany(prompt => prompt.Parts).Select(Sound).ToImmutableArray();
        (_state.Phase, _state.Serial) = (FlowPhase.Playing, _state.Serial + 1);
        if (sounds.IsEmpty)
        {
            Played();
        }
        else
        {
            _effects.Add(new FlowPlay(_state.Serial, sounds));
        }
    }

    private FlowSound Sound(FlowPromptPart part)
    {
        var (language, text) = part.For(_state.Language, _state.Flow.Document.Language);
        var words = text.Expand(_state.Variables);
        return new FlowSound(part.IsFile ? words : null, part.IsFile ? "" : words, language, text.Variables.Any());
    }

    private void Played()
    {
        if (Step is PromptStep prompt)
        {
            Done("played", prompt.Next);
            return;
        }

        Listen();
    }

    private (string Result, FlowTarget Next) Branch(BranchStep step)
    {
        var text = step.On.Expand(_state.Variables);
        var isNumber = decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number);
        foreach (var (i, candidate) in step.Cases.Index())
        {
            if ((candidate.Is is not { } wanted || wanted.Expand(_state.Variables) == text)
                && (candidate.Below is not { } below || (isNumber && number < below))
                && (candidate.From is not { } from || (isNumber && number >= from)))
            {
                return ($"case-{i + 1}", candidate.Next);
            }
        }

        return ("otherwise", step.Otherwise);
    }

    private void Set(ImmutableArray<(string Name, FlowText Value)> values)
    {
        var set = values.Select(value => new FlowAttribute(value.Name, value.Value.Expand(_state.Variables), value.Value.Variables.Any())).ToList();
        _state.Variables = _state.Variables.SetItems(set.Select(attribute => KeyValuePair.Create(attribute.Name, attribute.Value)));
        _effects.AddRange(set);
    }

    private void Ask(Func<int, FlowEffect> question)
    {
        (_state.Phase, _state.Serial) = (FlowPhase.Asking, _state.Serial + 1);
        _effects.Add(question(_state.Serial));
    }

    private void Answered(FlowAnswer answer)
    {
        switch (Step, answer)
        {
            case (VerifyStep step, _):
                Verified(step, answer);
                break;
            case (LookupStep step, FlowAnswer.Found found):
                _state.Variables = _state.Variables.SetItems(step.Into.Select(into => KeyValuePair.Create(into.Key, JsonPointer.Read(found.Document, into.Value) ?? "")));
                Done("found", step.Next);
                break;
            case (LookupStep step, FlowAnswer.Missing):
                Done("missing", step.Missing);
                break;
            case (LookupStep step, _):
                Done("failed", step.Failed);
                break;
        }
    }

    private void Call(SubFlowStep step)
    {
        if (_state.Library.GetValueOrDefault(step.Flow) is not { } flow || _state.Callers.Count() >= MostCallers)
        {
            Fail($"flow {step.Flow} cannot be gone through from here");
            return;
        }

        Record("entered");
        _state.Callers = _state.Callers.Push((_state.Flow, step.Name));
        _state.Flow = flow;
        _state.Variables = flow.Document.Variables.SetItems(_state.Variables);
        Enter(flow.Document.Start);
    }

    private void Leave(LeaveStep step)
    {
        var destination = new Destination(step.To, step.Target?.Expand(_state.Variables));
        Set(step.Queueing?.Attributes ?? []);
        Record(step.To == DestinationKind.HangUp ? "hang-up" : "left");
        MarkCompleted();
        Left(new FlowLeft(destination, Needs: step.Queueing is { } queueing ? Needs(queueing) : null));
    }

    private FlowNeeds? Needs(FlowQueueing queueing) => queueing is { Skills: [], Agent: null } ? null
        : new FlowNeeds([.. queueing.Skills.Select(skill => skill.Need)], queueing.Agent?.Expand(_state.Variables), queueing.AgentPatienceSeconds);

    /// <summary>The step is done, and the call goes on.</summary>
    private void Done(string result, FlowTarget next, string? input = null)
    {
        Record(result, input);
        MarkCompleted();
        GoTo(next.Step);
    }

    private void GoTo(string next)
    {
        if (next != FlowNames.Return)
        {
            Enter(next);
            return;
        }

        if (_state.Callers.IsEmpty)
        {
            Left(new FlowLeft(new Destination(DestinationKind.HangUp)));
            return;
        }

        _state.Callers = _state.Callers.Pop(out var caller);
        (_state.Flow, _state.Step) = caller;
        Done("returned", ((SubFlowStep)Step).Next);
    }

    private void Record(string result, string? input = null) => _effects.Add(new FlowStepTaken(_state.Flow.Name, _state.Flow.Version, _state.Step, Step.Kind, result, input));

    private void MarkCompleted()
    {
        if (Step.Completed)
        {
            _effects.Add(new FlowCompleted(_state.Flow.Name, _state.Step));
        }
    }

    private void Fail(string why)
    {
        Record("failed");
        Left(new FlowLeft(new Destination(DestinationKind.HangUp), $"Flow {_state.Flow.Name} {_state.Flow.Version}, step {_state.Step}: {why}."));
    }

    private void Left(FlowLeft left)
    {
        (_state.Phase, _state.Keys, _state.TypedAhead) = (FlowPhase.Left, "", "");
        _effects.Add(left);
    }

    private static FlowQuestion Question(FlowRequest request, IReadOnlyDictionary<string, string> variables) => request switch
    {
        FlowHttpRequest http => new FlowHttpQuestion(
            http.Method, http.Url.Expand(variables, Uri.EscapeDataString), http.Headers,
            http.Body.IsEmpty ? null : JsonSerializer.Serialize(http.Body.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value.Expand(variables), StringComparer.Ordinal)),
            http.Timeout, http.Retries, http.Connection),
        FlowSqlRequest sql => new FlowSqlQuestion(sql.Connection, sql.Query, [.. sql.Parameters.Select(parameter => parameter.Expand(variables))], sql.Timeout, sql.Retries),
        _ => throw new UnreachableException($"{request.GetType().Name} is no question."),
    };
}
