using System.Collections.Immutable;
using System.Diagnostics;

using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Flows.Parsing;

/// <summary>Makes steps of their fields.</summary>
internal static class FlowStepReader
{
    /// <exception cref="UnreachableException">The grammar has a kind that is unknown here.</exception>
    public static FlowStep Read(string name, string kind, FlowReader r, List<FlowFault> faults)
    {
        var (place, completed) = (r.Place, r.Flag("completed", false));
        return kind switch
        {
            "say" => new PromptStep(name, kind, place, completed, r.Prompt("say"), r.Flag("bargeIn", true), r.Target("next")),
            "play" => new PromptStep(name, kind, place, completed, r.Files("play"), r.Flag("bargeIn", true), r.Target("next")),
            "menu" => new MenuStep(name, kind, place, completed, Input(r), r.KeyTargets("keys")),
            "collect" => new CollectStep(
                name, kind, place, completed, Input(r), Digits(r, faults), r.Variable("into"), r.Has("incomplete") ? r.Target("incomplete") : r.Target("invalid"), r.Target("next")),
            "branch" => new BranchStep(name, kind, place, completed, r.Text("on"), [.. r.Mappings("cases", FlowGrammar.Case, "A case").Select(c => Case(c, faults))], r.Target("otherwise")),
            "set" => new SetStep(name, kind, place, completed, r.VariableTexts("values"), r.Target("next")),
            "hours" => new HoursStep(name, kind, place, completed, r.Plain("calendar"), r.Target("open"), r.Target("closed")),
            "lookup" => new LookupStep(
                name, kind, place, completed, Request(r, faults), r.Has("into") ? r.VariablePointers("into") : [], r.Has("missing") ? r.Target("missing") : r.Target("failed"), r.Target("failed"),
                r.Target("next")),
            "verify" => new VerifyStep(
                name, kind, place, completed, Input(r), Digits(r, faults), Request(r, faults), r.Pointer("valid", "/valid"), r.Target("failed"), r.Target("next")),
            "queue" => new LeaveStep(name, kind, place, completed, DestinationKind.Queue, Plain(r, "queue"), NotTaken(r), Queueing(r, faults)),
            "transfer" => new LeaveStep(name, kind, place, completed, DestinationKind.Number, r.Text("to"), NotTaken(r)),
            "voicemail" => new LeaveStep(name, kind, place, completed, DestinationKind.Voicemail, AtHand(r, "mailbox", faults), NotTaken(r)),
            "callback" => new LeaveStep(name, kind, place, completed, DestinationKind.Callback, AtHand(r, "queue", faults), NotTaken(r)),
            "survey" => Survey(name, kind, completed, r, faults),
            "flow" => new SubFlowStep(name, kind, place, completed, r.Name("flow"), r.Target("next")),
            "hangUp" => new LeaveStep(name, kind, place, completed, DestinationKind.HangUp, null),
            _ => throw new UnreachableException($"A step that does {kind} is not read."),
        };
    }

    private static FlowInputRules Input(FlowReader r) => new(
        new FlowPrompt([.. r.Files("play").Parts, .. r.Prompt("say").Parts]), r.Flag("bargeIn", true), r.Seconds("timeout", 5), r.Whole("tries", 3),
        r.Prompt("afterSilence"), r.Prompt("afterInvalid"), r.Target("silent"), r.Target("invalid"));

    private static FlowDigits Digits(FlowReader r, List<FlowFault> faults)
    {
        var max = r.Whole("max", 1);
        var min = r.Whole("min", max);
        if (min > max)
        {
            faults.Add(new FlowFault(r.PlaceOf("min"), $"min is at most max: {min} is more than {max}."));
        }

        return new FlowDigits(min, max, r.Key("end", '#'), r.Seconds("betweenKeys", 3));
    }

    private static SurveyStep Survey(string name, string kind, bool completed, FlowReader r, List<FlowFault> faults)
    {
        var (lowest, highest) = (r.Whole("lowest", 1), r.Whole("highest", 5));
        if (lowest >= highest)
        {
            faults.Add(new FlowFault(r.PlaceOf("highest"), $"highest is above lowest: {highest} is not above {lowest}."));
        }

        return new SurveyStep(name, kind, r.Place, completed, Input(r), r.Name("question"), lowest, highest, r.Target("next"));
    }

    private static FlowQueueing? Queueing(FlowReader r, List<FlowFault> faults)
    {
        if (r.Has("patience") && !r.Has("agent"))
        {
            faults.Add(new FlowFault(r.PlaceOf("patience"), "patience is for an agent: it needs agent beside it."));
        }

        var skills = r.Has("skills") ? r.Mappings("skills", FlowGrammar.Skill, "A skill").Select(s => new FlowSkill(Skill(s), s.PlaceOf("skill"))).ToImmutableArray() : [];
        if (SkillNeedFaults.Of([.. skills.Select(skill => skill.Need)]) is { } fault)
        {
            faults.Add(new FlowFault(r.PlaceOf("skills"), fault));
        }

        // Numbers are texts to whoever sets attributes.
        var attributes = new[] { "priority", "segment" }.Where(r.Has).Select(name => (name, r.Text(name))).ToImmutableArray();
        _ = r.Whole("priority", 0);
        return skills.IsEmpty && attributes.IsEmpty && !r.Has("agent") ? null
            : new FlowQueueing(skills, r.Has("agent") ? r.Text("agent") : null, r.PlaceOf("agent"), r.Whole("patience", ContactNeeds.UsualPatienceSeconds), attributes);
    }

    private static SkillNeed Skill(FlowReader r) => new(r.Plain("skill"), r.Whole("level", 1), r.Flag("preferred", false) ? SkillStrength.Preferred : SkillStrength.Required)
    {
        Relaxations = r.Has("relax") ? [.. r.Mappings("relax", FlowGrammar.Relaxation, "A relaxation").Select(x => new SkillRelaxation(x.Whole("after", 1), x.Whole("level", 0)))] : [],
    };

    private static FlowCase Case(FlowReader r, List<FlowFault> faults)
    {
        if (!r.Has("is") && !r.Has("below") && !r.Has("from"))
        {
            faults.Add(new FlowFault(r.Place, "A case has is, below or from."));
        }

        return new FlowCase(r.Has("is") ? r.Text("is") : null, r.Decimal("below"), r.Decimal("from"), r.Target("next"));
    }

    private static FlowRequest Request(FlowReader r, List<FlowFault> faults)
    {
        if (r.Has("http") == r.Has("sql"))
        {
            faults.Add(new FlowFault(r.Place, "It is asked by http or by sql: one of them."));
        }

        return r.Below("sql", FlowGrammar.Sql) is { } sql ? Sql(sql, faults) : r.Below("http", FlowGrammar.Http) is { } http ? Http(http, faults) : new FlowSqlRequest("", "", [], TimeSpan.Zero, 0);
    }

    private static FlowHttpRequest Http(FlowReader r, List<FlowFault> faults)
    {
        var url = r.Text("url");
        var connection = r.Has("connection") ? r.Name("connection") : null;
        var isPath = url.Beginning.StartsWith('/') && !url.Beginning.StartsWith("//", StringComparison.Ordinal);
        var isAbsolute = Uri.TryCreate(url.Beginning, UriKind.Absolute, out var beginning) && beginning.Scheme is "http" or "https";

        // A variable within the host would let a caller's keys choose whom we ask.
        if (r.Has("url") && connection is not null && !isPath)
        {
            faults.Add(new FlowFault(r.PlaceOf("url"), $"\"{url}\" is not a path from / on connection {connection}."));
        }
        else if (r.Has("url") && connection is null && (!isAbsolute || beginning!.UserInfo.Length > 0 || (url.Variables.Any() && !url.Beginning[(beginning.Scheme.Length + 3)..].Contains('/', StringComparison.Ordinal))))
        {
            faults.Add(new FlowFault(r.PlaceOf("url"), $"\"{url}\" is not an absolute http or https address with its variables after the host and a /."));
        }

        var body = r.Has("body") ? r.NamedTexts("body") : [];
        return new FlowHttpRequest(
            r.Method("method", body.IsEmpty ? "GET" : "POST"), url, r.Has("headers") ? r.NamedPlains("headers") : [], body, r.Seconds("timeout", 5), r.Whole("retries", 1), connection);
    }

    private static FlowSqlRequest Sql(FlowReader r, List<FlowFault> faults)
    {
        var (query, parameters) = (r.Plain("query"), r.Texts("parameters"));
        if (query.Contains('{', StringComparison.Ordinal))
        {
            faults.Add(new FlowFault(r.PlaceOf("query"), "A variable never stands in a query: write $1 and give it as a parameter."));
        }

        for (var i = 1; i <= parameters.Length; i++)
        {
            if (!query.Contains($"${i}", StringComparison.Ordinal))
            {
                faults.Add(new FlowFault(r.PlaceOf("parameters"), $"The query has no ${i} for its parameter {i}."));
            }
        }

        return new FlowSqlRequest(r.Name("connection"), query, parameters, r.Seconds("timeout", 5), r.Whole("retries", 1));
    }

    // Whether the call has been in a queue, no flow knows.
    private static FlowText? AtHand(FlowReader r, string field, List<FlowFault> faults)
    {
        if (!r.Has(field) && !r.Has("failed"))
        {
            faults.Add(new FlowFault(r.Place, $"Without {field} it needs failed, for calls that have been in no queue."));
        }

        return Plain(r, field);
    }

    private static FlowTarget? NotTaken(FlowReader r) => r.Has("failed") ? r.Target("failed") : null;

    private static FlowText? Plain(FlowReader r, string field) =>
        r.Has(field) && FlowText.TryParse(r.Plain(field).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal), out var text, out _) ? text : null;
}
