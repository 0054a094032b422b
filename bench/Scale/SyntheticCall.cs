using System.Globalization;

using CallCenter.Domain.Calls;
using CallCenter.Import;

namespace CallCenter.Scale.Bench;

/// <summary>One call, as the template went.</summary>
/// <param name="seed">Of what the template does not say.</param>
internal sealed class SyntheticCall(BankTemplate template, DateTimeOffset at, int customer, IReadOnlyList<string> servers, int seed)
{
    private static readonly string[] Dispositions = ["done", "call-back", "wrong-department", "complaint", "sale"];

    public IReadOnlyList<CallEvent> Tell(Guid id, Cast cast) => CallHistory.Tell(Commands(id, cast));

    private List<CallCommand> Commands(Guid id, Cast cast)
    {
        var random = new Random(seed);
        var known = random.Next(10) < 6 ? customer.ToString(CultureInfo.InvariantCulture) : null;
        var commands = new List<CallCommand>
        {
            new ReceiveCall(id, CallDirection.Inbound, string.Create(CultureInfo.InvariantCulture, $"+9725{customer:00000000}"), "1700", at, null, known, template.High ? "high" : "regular"),
            new EnterIvr(at),
        };
        var now = at.AddSeconds(template.Ivr);
        if (template.Wait is not { } wait)
        {
            commands.Add(new EndCall(CallParty.Caller, "hang-up", now));
            return commands;
        }

        commands.Add(new ClassifyCall(template.Type, null, now));
        commands.Add(new EnqueueCall(cast.Queue(template.Type, at), now, template.High ? 90 : 0));
        var left = now.AddSeconds(wait);
        if (template.Talk is not { } talk)
        {
            commands.Add(new EndCall(CallParty.Caller, "hang-up", left));
            return commands;
        }

        var agent = cast.Agent(template.Server ?? servers[random.Next(servers.Count)], at);
        if (wait > 20 && random.Next(8) == 0)
        {
            var absent = cast.Agent(servers[random.Next(servers.Count)], at);
            commands.Add(new OfferCall(absent, left.AddSeconds(-20)));
            commands.Add(new MissOffer(absent, NonResponse.TimedOut, left.AddSeconds(-5)));
        }

        commands.Add(new OfferCall(agent, left.AddSeconds(-Math.Min(wait, 4))));
        commands.Add(new AnswerCall(agent, left));
        if (talk > 30 && random.Next(5) == 0)
        {
            commands.Add(new HoldCall(left.AddSeconds(talk / 3)));
            commands.Add(new RetrieveCall(left.AddSeconds(talk / 2)));
        }

        var end = left.AddSeconds(talk);
        if (random.Next(20) == 0)
        {
            agent = cast.Agent(servers[random.Next(servers.Count)], at);
            commands.Add(new TransferToQueue(cast.Queue("PS", at), end));
            commands.Add(new OfferCall(agent, end.AddSeconds(5)));
            commands.Add(new AnswerCall(agent, end.AddSeconds(8)));
            end = end.AddSeconds(8 + (talk / 2));
        }

        commands.Add(new EndCall(random.Next(3) == 0 ? CallParty.Agent : CallParty.Caller, "hang-up", end, WrapUp: true));
        commands.Add(new MeasureMedia(CallParty.Caller, null, Figures(random, talk), end));
        commands.Add(new MeasureMedia(CallParty.Agent, agent, Figures(random, talk), end));
        commands.Add(new CompleteWrapUp(end.AddSeconds(5 + random.Next(60)), Dispositions[random.Next(Dispositions.Length)], random.Next(4) != 0));
        return commands;
    }

    private static MediaFigures Figures(Random random, int talk) =>
        new("PCMA", talk * 50L, talk * 50L, random.Next(20), random.Next(20), random.Next(100) / 10.0, random.Next(100) / 10.0, random.Next(20, 80), 4.3, 4.2, random.Next(1 + talk));
}
