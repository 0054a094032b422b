using System.Diagnostics;
using System.Globalization;

namespace CallCenter.Domain.Flows;

/// <summary>Keys, and the lack of them.</summary>
public sealed partial class FlowMachine
{
    private void Listen()
    {
        _state.Phase = FlowPhase.Listening;
        Wait(((InputStep)Step).Input.Timeout);
    }

    private void Wait(TimeSpan time)
    {
        _state.Serial++;
        _effects.Add(new FlowWait(_state.Serial, time));
    }

    private void Key(char key)
    {
        switch (_state.Phase, Step)
        {
            case (FlowPhase.Listening, _):
                TakeKey(key);
                break;
            case (FlowPhase.Playing, PromptStep { BargeIn: true } step):
                _effects.Add(new FlowHush());
                TypeAhead(key);
                Done("interrupted", step.Next);
                break;
            case (FlowPhase.Playing, InputStep { Input.BargeIn: true }):
                _effects.Add(new FlowHush());
                _state.Phase = FlowPhase.Listening;
                TakeKey(key);
                break;
            case (FlowPhase.Asking, _):
                TypeAhead(key);
                break;
            default:
                // What does not let itself be interrupted hears no keys.
                break;
        }
    }

    private void TypeAhead(char key) => _state.TypedAhead = _state.TypedAhead.Length < MostTypedAhead ? _state.TypedAhead + key : _state.TypedAhead;

    private void TakeTypedAhead()
    {
        var (at, step) = (_state.Step, _state.Taken);
        while (_state.TypedAhead.Length > 0 && _state.Phase == FlowPhase.Listening && (_state.Step, _state.Taken) == (at, step))
        {
            var key = _state.TypedAhead[0];
            _state.TypedAhead = _state.TypedAhead[1..];
            TakeKey(key);
        }
    }

    private void TakeKey(char key)
    {
        switch (Step)
        {
            case MenuStep menu when menu.Keys.TryGetValue(key, out var next):
                Done($"key-{key}", next, $"{key}");
                break;
            case MenuStep:
                Again("invalid");
                break;
            case CollectStep step:
                TakeDigit(key, step.Digits);
                break;
            case VerifyStep step:
                TakeDigit(key, step.Digits);
                break;
            case SurveyStep step:
                TakeDigit(key, step.Digits);
                break;
            default:
                throw new UnreachableException($"{Step.GetType().Name} takes no keys.");
        }
    }

    private void TakeDigit(char key, FlowDigits digits)
    {
        if (key == digits.End)
        {
            Entered(digits);
            return;
        }

        _state.Keys += key;
        if (_state.Keys.Length == digits.Max)
        {
            Entered(digits);
        }
        else
        {
            Wait(digits.BetweenKeys);
        }
    }

    private void TimeUp()
    {
        var digits = Step switch { CollectStep s => s.Digits, VerifyStep s => s.Digits, SurveyStep s => s.Digits, _ => null };
        if (_state.Keys.Length > 0 && digits is not null)
        {
            Entered(digits);
        }
        else
        {
            Again("silent");
        }
    }

    private void Entered(FlowDigits digits)
    {
        var entered = _state.Keys;
        switch (Step)
        {
            case CollectStep when entered.Length < digits.Min:
                Again("incomplete");
                break;
            case CollectStep step:
                _state.Variables = _state.Variables.SetItem(step.Into, entered);
                Done("entered", step.Next, entered);
                break;
            case VerifyStep when entered.Length < digits.Min:
                Again("invalid");
                break;
            case VerifyStep step:
                _state.Keys = "";
                Ask(serial => new FlowAsk(serial, _state.Flow.Name, step.Name, Question(step.Request, _state.Variables.SetItem(FlowNames.Pin, entered))));
                break;
            case SurveyStep step when int.TryParse(entered, NumberStyles.None, CultureInfo.InvariantCulture, out var score) && score >= step.Lowest && score <= step.Highest:
                _effects.Add(new FlowScored(step.Question, score, step.Lowest, step.Highest));
                Done("answered", step.Next, entered);
                break;
            default:
                Again("invalid");
                break;
        }
    }

    private void Verified(VerifyStep step, FlowAnswer answer)
    {
        if (answer is FlowAnswer.Failed)
        {
            Done("failed", step.Failed, Masked);
        }
        else if (answer is FlowAnswer.Found found && JsonPointer.Read(found.Document, step.Valid) == "true")
        {
            Done("verified", step.Next, Masked);
        }
        else
        {
            Again("wrong");
        }
    }

    /// <summary>A try has failed: the question comes again, or the last one goes its way.</summary>
    private void Again(string why)
    {
        var step = (InputStep)Step;
        (_state.Keys, _state.TypedAhead) = ("", "");
        _state.Failures++;
        if (_state.Failures < step.Input.Tries)
        {
            Play(why == "silent" ? step.Input.AfterSilence : step.Input.AfterInvalid, step.Input.Prompt);
            return;
        }

        Done(why, why switch
        {
            "silent" => step.Input.Silent,
            "incomplete" when step is CollectStep collect => collect.Incomplete,
            _ => step.Input.Invalid,
        }, step is VerifyStep && why != "silent" ? Masked : null);
    }
}
