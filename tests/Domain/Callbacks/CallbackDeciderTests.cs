using CallCenter.Domain.Callbacks;

namespace CallCenter.Domain.Tests.Callbacks;

public sealed class CallbackDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Queue = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly Guid Agent = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly Guid Call = new("0194f000-0000-7000-8000-00000000000d");
    private static readonly Guid OtherCall = new("0194f000-0000-7000-8000-00000000000e");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly CallbackRank Rank = new(Now.AddMinutes(-4), 90, 2);
    private static readonly CallbackRules Rules = new(Attempts: 2, RetrySeconds: 60);
    private static readonly RequestCallback Request = new(Id, Queue, "+49301234", Rank, Rules, Now, CallId: OtherCall, CustomerNumber: "c-7");

    private static readonly Dictionary<string, CallbackCommand> Commands = new(StringComparer.Ordinal)
    {
        ["request"] = Request,
        ["dial"] = new DialCallback(Call, Now),
        ["miss"] = new MissCallback(Call, CallbackMiss.NoAnswer, Now),
        ["miss other"] = new MissCallback(OtherCall, CallbackMiss.NoAnswer, Now),
        ["confirm"] = new ConfirmCallback(Call, Now),
        ["confirm other"] = new ConfirmCallback(OtherCall, Now),
        ["complete"] = new CompleteCallback(Call, Agent, Now),
        ["cancel"] = new CancelCallback("ann", Now),
    };

    private static readonly string[] Columns = Enum.GetNames<CallbackState>();

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("request", ["CallbackRequested", "CALLBACK_EXISTS", "CALLBACK_EXISTS", "CALLBACK_EXISTS", "CALLBACK_EXISTS", "CALLBACK_EXISTS", "CALLBACK_EXISTS"]),
        ("dial", ["CALLBACK_NOT_FOUND", "CallbackDialled", "CALLBACK_STATE", "CALLBACK_STATE", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("miss", ["CALLBACK_NOT_FOUND", "CALLBACK_STATE", "CallbackNotReached", "CallbackNotReached", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("miss other", ["CALLBACK_NOT_FOUND", "CALLBACK_STATE", "CALLBACK_STATE", "CALLBACK_STATE", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("confirm", ["CALLBACK_NOT_FOUND", "CALLBACK_STATE", "CallbackConfirmed", "CALLBACK_STATE", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("confirm other", ["CALLBACK_NOT_FOUND", "CALLBACK_STATE", "CALLBACK_STATE", "CALLBACK_STATE", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("complete", ["CALLBACK_NOT_FOUND", "CALLBACK_STATE", "CALLBACK_STATE", "CallbackCompleted", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
        ("cancel", ["CALLBACK_NOT_FOUND", "CallbackCancelled", "CallbackCancelled", "CallbackCancelled", "CALLBACK_ENDED", "CALLBACK_ENDED", "CALLBACK_ENDED"]),
    ];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                cells.Add(Columns[i], command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_state_when_commanded_then(string state, string command, string expected)
    {
        var decision = CallbackDecider.Decide(Commands[command], In(Enum.Parse<CallbackState>(state)));
        (decision.Refusal?.Code ?? string.Join('+', decision.Events.Select(e => e.GetType().Name))).ShouldBe(expected);
    }

    [Fact]
    public void The_matrix_has_every_state_and_every_command()
    {
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == Columns.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count()
            .ShouldBe(typeof(CallbackCommand).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(CallbackCommand))));
    }

    [Fact]
    public void What_was_asked_for_is_kept_with_the_place() => CallbackDecider.Decide(Request with { DueAt = Now.AddHours(1), AgentId = Agent, By = "ann" }, Callback.Initial).Events.ShouldBe(
        [new CallbackRequested(Id, Queue, "+49301234", Rank, Rules, Now, Now.AddHours(1), Agent, OtherCall, "c-7", "ann")]);

    [Fact]
    public void Who_is_not_reached_is_called_again_after_the_pause_and_then_given_up()
    {
        var dialled = In(CallbackState.Dialling);
        var missed = CallbackDecider.Decide(Commands["miss"], dialled).Events.ShouldHaveSingleItem();
        missed.ShouldBe(new CallbackNotReached(Id, Call, CallbackMiss.NoAnswer, Now.AddSeconds(60), Now));
        var waiting = Callback.Evolve(dialled, missed);
        CallbackDecider.Decide(new DialCallback(OtherCall, Now.AddSeconds(59)), waiting).Refusal!.Code.ShouldBe("CALLBACK_NOT_DUE");

        var second = CallbackDecider.Decide(new DialCallback(OtherCall, Now.AddSeconds(60)), waiting).Events.ShouldHaveSingleItem();
        second.ShouldBe(new CallbackDialled(Id, OtherCall, 2, Now.AddSeconds(60)));
        CallbackDecider.Decide(new MissCallback(OtherCall, CallbackMiss.NotConfirmed, Now.AddSeconds(90)), Callback.Evolve(waiting, second)).Events.ShouldBe(
        [
            new CallbackNotReached(Id, OtherCall, CallbackMiss.NotConfirmed, null, Now.AddSeconds(90)),
            new CallbackGivenUp(Id, Now.AddSeconds(90)),
        ]);
    }

    [Fact]
    public void A_restart_costs_nobody_an_attempt()
    {
        var dialled = In(CallbackState.Confirmed);
        var cut = CallbackDecider.Decide(new MissCallback(Call, CallbackMiss.SystemRestart, Now), dialled).Events.ShouldHaveSingleItem();
        var waiting = Callback.Evolve(dialled, cut);
        (waiting.State, waiting.Attempts, waiting.NotBefore, waiting.Rank).ShouldBe((CallbackState.Waiting, 0, Now, Rank));
    }

    public static TheoryData<string, RequestCallback> Bad() => new()
    {
        { "CALLBACK_NUMBER", Request with { Number = "" } },
        { "CALLBACK_NUMBER", Request with { Number = "anonymous caller" } },
        { "CALLBACK_QUEUE", Request with { QueueId = Guid.Empty } },
        { "CALLBACK_DUE", Request with { DueAt = Now.AddDays(367) } },
        { "HEAD_START_NEGATIVE", Request with { Rank = new CallbackRank(Now, -1) } },
        { "CALLBACK_RULES", Request with { Rules = new CallbackRules(Attempts: 0) } },
        { "CALLBACK_RULES", Request with { Rules = new CallbackRules(RetrySeconds: 9) } },
        { "CALLBACK_RULES", Request with { Rules = new CallbackRules(RingSeconds: 121) } },
        { "CALLBACK_RULES", Request with { Rules = new CallbackRules(ConfirmSeconds: 61) } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_makes_no_sense_is_refused(string code, RequestCallback request) => CallbackDecider.Decide(request, Callback.Initial).Refusal!.Code.ShouldBe(code);

    private static Callback In(CallbackState state)
    {
        CallbackEvent[] requested = [new CallbackRequested(Id, Queue, "+49301234", Rank, Rules, Now.AddSeconds(-9))];
        CallbackEvent[] dialled = [.. requested, new CallbackDialled(Id, Call, 1, Now.AddSeconds(-8))];
        CallbackEvent[] confirmed = [.. dialled, new CallbackConfirmed(Id, Call, Now.AddSeconds(-7))];
        return Fold(state switch
        {
            CallbackState.None => [],
            CallbackState.Waiting => requested,
            CallbackState.Dialling => dialled,
            CallbackState.Confirmed => confirmed,
            CallbackState.Completed => [.. confirmed, new CallbackCompleted(Id, Call, Agent, Now.AddSeconds(-6))],
            CallbackState.Cancelled => [.. requested, new CallbackCancelled(Id, null, Now.AddSeconds(-6))],
            CallbackState.GivenUp => [.. dialled, new CallbackNotReached(Id, Call, CallbackMiss.Refused, null, Now.AddSeconds(-6)), new CallbackGivenUp(Id, Now.AddSeconds(-6))],
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        });
    }

    private static Callback Fold(IEnumerable<CallbackEvent> events) => events.Aggregate(Callback.Initial, Callback.Evolve);
}
