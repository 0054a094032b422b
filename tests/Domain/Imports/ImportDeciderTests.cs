using CallCenter.Domain.Imports;

namespace CallCenter.Domain.Tests.Imports;

public sealed class ImportDeciderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly StartImport Start = new("march", "queue_log", "queue_log.1", Now);

    private static readonly Dictionary<string, ImportCommand> Commands = new(StringComparer.Ordinal)
    {
        ["start"] = Start,
        ["start other format"] = Start with { Format = "csv" },
        ["complete"] = new CompleteImport(10, 8, 1, 2, Now),
        ["revert"] = new StartReversal(Now),
        ["complete reversal"] = new CompleteReversal(8, 1, Now),
    };

    private static readonly string[] Columns = Enum.GetNames<ImportPhase>();

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("start", ["ImportStarted", "ImportStarted", "ImportStarted", "IMPORT_REVERTING", "ImportStarted"]),
        ("start other format", ["ImportStarted", "IMPORT_FORMAT", "IMPORT_FORMAT", "IMPORT_REVERTING", "ImportStarted"]),
        ("complete", ["IMPORT_NOT_FOUND", "ImportCompleted", "IMPORT_STATE", "IMPORT_STATE", "IMPORT_STATE"]),
        ("revert", ["IMPORT_NOT_FOUND", "ImportReversalStarted", "ImportReversalStarted", "", "IMPORT_REVERTED"]),
        ("complete reversal", ["IMPORT_NOT_FOUND", "IMPORT_STATE", "IMPORT_STATE", "ImportReverted", "IMPORT_STATE"]),
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
    public void Given_a_phase_when_commanded_then(string phase, string command, string expected)
    {
        var decision = ImportDecider.Decide(Commands[command], Given(Enum.Parse<ImportPhase>(phase)));
        (decision.Refusal?.Code ?? string.Join(' ', decision.Events.Select(e => e.GetType().Name))).ShouldBe(expected);
    }

    [Fact]
    public void The_generation_counts_how_often_a_batch_came_after_it_was_reverted()
    {
        var batch = ImportBatch.Initial;
        foreach (var (command, generation) in new (ImportCommand, int)[] { (Start, 1), (Start, 1), (Commands["revert"], 1), (Commands["complete reversal"], 1), (Start, 2), (Commands["complete"], 2), (Start, 2) })
        {
            batch = ImportDecider.Decide(command, batch).Events.Aggregate(batch, ImportBatch.Evolve);
            batch.Generation.ShouldBe(generation);
        }

        batch.Id.ShouldBe(ImportBatch.IdOf("march"));
    }

    [Theory]
    [InlineData("march", true)]
    [InlineData("queue_log.1-b", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("two words", false)]
    [InlineData("a:b", false)]
    [InlineData("für", false)]
    public void A_name_is_of_letters_digits_and_three_marks(string name, bool isOne) =>
        (ImportDecider.Decide(Start with { Name = name }, ImportBatch.Initial).Refusal?.Code is null).ShouldBe(isOne);

    private static ImportBatch Given(ImportPhase phase) => (phase switch
    {
        ImportPhase.None => Array.Empty<string>(),
        ImportPhase.Running => ["start"],
        ImportPhase.Completed => ["start", "complete"],
        ImportPhase.Reverting => ["start", "complete", "revert"],
        _ => ["start", "complete", "revert", "complete reversal"],
    }).Aggregate(ImportBatch.Initial, (batch, command) => ImportDecider.Decide(Commands[command], batch).Events.Aggregate(batch, ImportBatch.Evolve));
}
