using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>A whole call between two agents on a wire that loses one message, for each message in turn: it still begins, ends on both sides, and leaves nothing behind.</summary>
public sealed class LossTests : ICallTaker, IAsyncLifetime
{
    private readonly DefectWatch _watch = new();
    private readonly ManualTime _time = new();
    private readonly TestCall _callerSide = new();
    private readonly TestCall _calleeSide = new();
    private readonly SipLoop _callerLoop;
    private readonly SipLoop _calleeLoop;
    private readonly UserAgent _caller;
    private readonly UserAgent _callee;
    private readonly SipFlow _flow;
    private IncomingInvite? _incoming;
    private int _calls;
    private int _messages;
    private int _lost;

    public LossTests()
    {
        var calleeEnd = new LossyLink(IPEndPoint.Parse("192.0.2.2:5060"), Loses);
        var callerEnd = new LossyLink(IPEndPoint.Parse("192.0.2.1:5060"), Loses);
        _flow = new SipFlow(callerEnd, calleeEnd.LocalEndPoint);
        (_callerLoop, _caller) = NewAgent(callerEnd);
        (_calleeLoop, _callee) = NewAgent(calleeEnd);
        callerEnd.Far = (_callee, calleeEnd);
        calleeEnd.Far = (_caller, callerEnd);
    }

    // A call of INVITE, 100, 180, 200, ACK, BYE, 200 has 7 messages; 9 covers what repetition adds.
    public static TheoryData<int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<int, bool>();
            for (var lost = 0; lost <= 9; lost++)
            {
                cases.Add(lost, true);
                cases.Add(lost, false);
            }

            return cases;
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _callerLoop.DisposeAsync();
        await _calleeLoop.DisposeAsync();
        _watch.ShouldHaveSeenNone();
    }

    void ICallTaker.OnInvite(ServerTransaction invite)
    {
        _calls++;
        _ = Dialog.TryAccept(invite.Request, invite.Source, "callee", out var dialog, out _);
        invite.Respond(SipResponse.For(invite.Request, 100, "Trying", toTag: null));
        _incoming = new IncomingInvite(_callee, invite, dialog!, _calleeSide);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_call_survives_the_loss_of_any_one_message(int lost, bool callerHangsUp)
    {
        _lost = lost;
        StartCall();
        await AdvanceAsync(1);
        _calleeLoop.Post(_incoming!.Ring);
        _calleeLoop.Post(() => _incoming.Answer("answer"));
        await AdvanceAsync(5);
        _callerSide.Told.ShouldContain("answered");

        (callerHangsUp ? _callerLoop : _calleeLoop).Post(() => (callerHangsUp ? _callerSide.Session! : _calleeSide.Session!).HangUp(reason: null));
        await AdvanceAsync(5);

        (callerHangsUp ? _calleeSide : _callerSide).Told.ShouldContain("ended");
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_cancelled_call_survives_the_loss_of_any_one_message(int lost)
    {
        _lost = lost;
        OutgoingInvite? outgoing = null;
        StartCall(invite => outgoing = invite);
        await AdvanceAsync(1);
        _calleeLoop.Post(_incoming!.Ring);
        await AdvanceAsync(1);

        _callerLoop.Post(() => outgoing!.Cancel(reason: null));
        await AdvanceAsync(5);

        _calleeSide.Told.ShouldBe(["cancelled"]);
        await NothingIsLeftAsync();
    }

    // INVITE, 100, 183, PRACK, its 200, the INVITE's 200, ACK, two re-INVITEs with theirs, BYE, its 200: 15, and what repetition adds.
    public static TheoryData<int> LongCases => [.. Enumerable.Range(0, 19)];

    [Theory]
    [MemberData(nameof(LongCases))]
    public async Task A_call_with_early_media_and_an_offer_of_either_side_survives_the_loss_of_any_one_message(int lost)
    {
        _lost = lost;
        StartCall();
        await AdvanceAsync(1);
        _calleeLoop.Post(() => _incoming!.Progress("early answer"));
        await AdvanceAsync(1);
        _calleeLoop.Post(() => _incoming!.Answer("early answer"));
        await AdvanceAsync(5);
        _callerSide.Answer.ShouldBe("early answer");

        _calleeLoop.Post(() => _calleeSide.Session!.Reoffer());
        await AdvanceAsync(8);
        _callerLoop.Post(() => _callerSide.Session!.Reoffer());
        await AdvanceAsync(8);
        _calleeSide.Told.ShouldContain("answer answer to our offer");
        _callerSide.Told.ShouldContain("answer answer to our offer");

        _callerLoop.Post(() => _callerSide.Session!.HangUp(reason: null));
        await AdvanceAsync(5);

        _calleeSide.Told[^1].ShouldBe("ended");
        await NothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(LongCases))]
    public async Task Offers_that_cross_are_both_carried_through_whatever_message_is_lost(int lost)
    {
        _lost = lost;
        StartCall();
        await AdvanceAsync(1);
        _calleeLoop.Post(() => _incoming!.Answer("answer"));
        await AdvanceAsync(5);
        _callerLoop.Post(() => _callerSide.Session!.Reoffer());
        _calleeLoop.Post(() => _calleeSide.Session!.Reoffer());
        await AdvanceAsync(30);

        _callerSide.Told.ShouldContain("answer answer to our offer");
        _calleeSide.Told.ShouldContain("answer answer to our offer");
        _calleeLoop.Post(() => _calleeSide.Session!.HangUp(reason: null));
        await AdvanceAsync(5);
        _callerSide.Told[^1].ShouldBe("ended");
        await NothingIsLeftAsync();
    }

    private bool Loses() => Interlocked.Increment(ref _messages) == _lost;

    private (SipLoop Loop, UserAgent Agent) NewAgent(LossyLink link)
    {
        var loop = new SipLoop(_time, _watch);
        var authenticator = new DigestAuthenticator("r", [DigestAlgorithm.Md5], new TestAccounts(), _time);
        var agent = new UserAgent(loop, SipTimers.Default, new Registrar(_time, loop.Timers, authenticator, TimeSpan.FromSeconds(60), (_, _) => { }), this, _watch);
        agent.Attach(link);
        return (loop, agent);
    }

    private void StartCall(Action<OutgoingInvite>? made = null) => _callerLoop.Post(() =>
    {
        var request = _caller.Messages.NewInvite(SipUri.Of("1000", _flow.Remote), _flow, new NameAddr(SipUri.Of("1", "192.0.2.1")), "call", "offer", new Dictionary<string, string>());
        var invite = new OutgoingInvite(_caller, request, _flow, behindNat: false, _callerSide);
        made?.Invoke(invite);
    });

    private async Task NothingIsLeftAsync()
    {
        await AdvanceAsync(80);
        foreach (var (loop, agent) in new[] { (_callerLoop, _caller), (_calleeLoop, _callee) })
        {
            await agent.WhenIdle().WaitAsync(TimeSpan.FromSeconds(15));
            var empty = new TaskCompletionSource<bool>();
            loop.Post(() => empty.SetResult(agent.Transactions.IsEmpty));
            (await empty.Task).ShouldBeTrue();
        }

        _time.NextDue().ShouldBeNull("no timer runs on");
        _calls.ShouldBe(1, "one INVITE is one call, however often it is repeated");
    }

    // Steps from timer to timer; a message may go back and forth several times at one moment.
    private async Task AdvanceAsync(double seconds)
    {
        await SettleAsync();
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        while (_time.NextDue() is { } due && due <= end)
        {
            _time.SetNow(due > _time.GetUtcNow() ? due : _time.GetUtcNow());
            await SettleAsync();
        }

        _time.SetNow(end);
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        for (var i = 0; i < 8; i++)
        {
            foreach (var loop in new[] { _callerLoop, _calleeLoop })
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                loop.Post(done.SetResult);
                await done.Task;
            }
        }
    }
}
