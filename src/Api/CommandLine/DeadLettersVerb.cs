using System.CommandLine;

using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>./run deadletters: events that a subscription gave up on, listed, tried again or given up for good.</summary>
internal static class DeadLettersVerb
{
    private const int Limit = 1_000;

    /// <param name="on">Runs work on the dead letters of the center's database; gives the exit code.</param>
    public static Command Create(Func<Func<DeadLetters, CancellationToken, Task>, CancellationToken, Task<int>> on)
    {
        var subscription = new Argument<string>("SUBSCRIPTION") { Description = "Its name, as listed" };
        var position = new Argument<long>("POSITION") { Description = "The event's position, as listed" };
        var onePosition = new Argument<long?>("POSITION") { Description = "The event's position; without it, all of the subscription", Arity = ArgumentArity.ZeroOrOne };

        var replay = new Command("replay", "Have a subscription try its dead letters again, and what waits behind them after that") { subscription, onePosition };
        replay.SetAction((result, cancellationToken) => on(
            async (letters, ct) => Console.WriteLine($"{await letters.ReplayAsync(result.GetRequiredValue(subscription), result.GetValue(onePosition), ct)} will be tried again."),
            cancellationToken));

        var discard = new Command("discard", "Give a dead letter up: the subscription never handles that event, and goes on with the next of its stream") { subscription, position };
        discard.SetAction((result, cancellationToken) => on(
            async (letters, ct) =>
            {
                await letters.DiscardAsync(result.GetRequiredValue(subscription), result.GetRequiredValue(position), ct);
                Console.WriteLine("Discarded.");
            },
            cancellationToken));

        var list = new Command("deadletters", "List the events that subscriptions failed at as often as they may; their streams wait behind them") { replay, discard };
        list.SetAction((_, cancellationToken) => on(ListAsync, cancellationToken));
        return list;
    }

    private static async Task ListAsync(DeadLetters deadLetters, CancellationToken ct)
    {
        var letters = await deadLetters.ListAsync(subscription: null, Limit, ct);
        foreach (var letter in letters)
        {
            Console.WriteLine($"{letter.Subscription} {letter.Position}: {letter.EventType} of stream {letter.StreamId}, {letter.Attempts} attempts, the last at {letter.LastAttemptAt:yyyy-MM-dd HH:mm:ss}Z, "
                + $"{letter.Behind} events behind it: {letter.Error}");
        }

        Console.WriteLine(letters.Count switch
        {
            0 => "There are no dead letters.",
            Limit => $"These are the first {Limit:N0}.",
            _ => $"{letters.Count} in all.",
        });
    }
}
