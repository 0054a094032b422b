using System.Globalization;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Transactions;

/// <summary>Holds a machine against a table of what each state does with each input; what the table does not name must be ignored.</summary>
internal sealed class MachineTable(Func<TransactionState, TransactionInput, TransactionStep> step, params TransactionPhase[] phases)
{
    private static readonly TransactionInput[] Inputs =
    [
        TransactionInput.Start, TransactionInput.Request, TransactionInput.Ack, TransactionInput.TransportError,
        .. new[] { 100, 180, 200, 202, 300, 404, 500, 603 }.Select(TransactionInput.Response),
        .. new[] { 100, 180, 200, 202, 300, 404, 500, 603 }.Select(TransactionInput.Respond),
        .. Enum.GetValues<TimerName>().Select(TransactionInput.Fired),
    ];

    private readonly Dictionary<(TransactionPhase, TransactionInput), string> _cells = [];

    /// <summary>Adds the cells of one state for several inputs; <paramref name="outcome"/> is "Phase: effect, effect".</summary>
    public MachineTable On(TransactionPhase phase, string outcome, params TransactionInput[] inputs)
    {
        foreach (var input in inputs)
        {
            _cells.Add((phase, input), outcome);
        }

        return this;
    }

    /// <summary>Compares every cell; the retransmission interval of each state is taken to be 500 ms.</summary>
    public void ShouldHold()
    {
        foreach (var phase in phases)
        {
            foreach (var input in Inputs)
            {
                var result = step(new TransactionState(phase, TimeSpan.FromMilliseconds(500)), input);
                var expected = _cells.GetValueOrDefault((phase, input), $"{phase}:");
                Describe(result).ShouldBe(expected, $"{phase} x {input}");
            }
        }
    }

    public static TransactionInput[] Responses(params int[] statuses) => [.. statuses.Select(TransactionInput.Response)];

    public static TransactionInput[] Responds(params int[] statuses) => [.. statuses.Select(TransactionInput.Respond)];

    public static string Describe(TransactionStep result)
    {
        List<string> effects = [];
        foreach (var effect in result.Effects)
        {
            effects.Add(effect.Kind switch
            {
                EffectKind.StartTimer => string.Create(CultureInfo.InvariantCulture, $"{effect.Timer}={effect.Delay.TotalSeconds}"),
                EffectKind.StopTimer => $"stop {effect.Timer}",
                _ => effect.Kind.ToString(),
            });
        }

        return $"{result.State.Phase}: {string.Join(", ", effects)}".TrimEnd();
    }
}
