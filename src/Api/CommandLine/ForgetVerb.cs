using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Customers;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>./run forget: destroys the keys of a caller or customer and says so in the trail, without saying who it was.</summary>
internal static class ForgetVerb
{
    private const string By = "forget";

    /// <param name="guard">Runs the work on what the environment sets, and tells what went wrong.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task>, CancellationToken, Task<int>> guard)
    {
        var number = new Option<string>("--number") { Description = "A telephone number that the person calls from or was called at" };
        var customer = new Option<string>("--customer") { Description = "The person's customer number" };
        var id = new Option<Guid?>("--id") { Description = "The customer's id in this center" };
        var reason = new Option<string>("--reason") { Description = "Why, for whoever looks at the trail later; it must not name the person", DefaultValueFactory = _ => "by command line" };
        var forget = new Command("forget", "Destroy the keys of a caller or customer: what was written of the person can never be read again, recordings and SIP messages go. There is no way back. Run again it goes on where it was interrupted")
        {
            number, customer, id, reason,
        };
        forget.Validators.Add(result =>
        {
            if (new[] { result.GetValue(number) is not null, result.GetValue(customer) is not null, result.GetValue(id) is not null }.Count(given => given) != 1)
            {
                result.AddError("Say who: --number or --customer, one of them, or --id.");
            }
        });
        forget.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) => Console.WriteLine(result.GetValue(id) is { } whose
                ? await RunAsync(whose, result.GetValue(reason)!, knobs, loggers, ct)
                : result.GetValue(number) is { } given
                    ? await RunAsync(PersonalKinds.Number, given, knobs, loggers, ct, result.GetValue(reason)!)
                    : await RunAsync(PersonalKinds.CustomerNumber, result.GetValue(customer)!, knobs, loggers, ct, result.GetValue(reason)!)),
            cancellationToken));
        return forget;
    }

    /// <returns>What was destroyed, as a sentence.</returns>
    /// <exception cref="InvalidOperationException">Nobody is known by it, or one of them may not be forgotten.</exception>
    public static async Task<string> RunAsync(string kind, string identifier, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken, string reason = "by command line")
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        await center.Projections.StartAsync(cancellationToken);
        var (told, refusal) = await Of(center, knobs).ForgetAsync(kind, identifier, reason, By, cancellationToken);
        return refusal is not null ? throw new InvalidOperationException(refusal.Message)
            : told.Count == 0 ? throw new InvalidOperationException($"Nobody is known by {kind} {identifier}.")
            : Sentence(told);
    }

    /// <inheritdoc cref="RunAsync(string, string, Knobs, ILoggerFactory, CancellationToken, string)"/>
    public static async Task<string> RunAsync(Guid customer, string reason, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        await center.Projections.StartAsync(cancellationToken);
        var (told, refusal) = await Of(center, knobs).ForgetAsync(customer, reason, By, cancellationToken);
        return refusal is null ? Sentence(told) : throw new InvalidOperationException(refusal.Message);
    }

    private static Forgetting Of(Center center, Knobs knobs) =>
        new(center, new HoldRegister(center, TimeProvider.System), new PersonErasure(center.Source, knobs.RecordingFolder), TimeProvider.System);

    private static string Sentence(IReadOnlyList<PersonForgotten> told) =>
        $"Forgotten: {Count(told.Select(person => person.PersonId).Distinct().Count(), "person")}, {Count(told.Sum(person => person.Keys.Count), "key")} destroyed. "
        + $"What was written of them reads \"{PersonVault.ForgottenText}\" from now on.";

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
