using System.Globalization;

using CallCenter.Fuzz;

// Fuzzes every target in turn for a number of minutes in all: MINUTES [SEED]. Ends at the first finding, which it keeps in the corpus.
if (args is not [var minutesText, ..] || !double.TryParse(minutesText, CultureInfo.InvariantCulture, out var minutes)
    || (args.Length > 1 && !int.TryParse(args[1], CultureInfo.InvariantCulture, out _)))
{
    Console.Error.WriteLine("usage: MINUTES [SEED]");
    return 2;
}

var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
Console.WriteLine($"seed {seed}");
foreach (var target in Targets.All)
{
    var fuzzer = new Fuzzer(target, seed);
    if ((fuzzer.Replay() ?? Growth.Check(target, Corpus.Of(target).SelectMany(Growth.PartsOf)) ?? fuzzer.Run(TimeSpan.FromMinutes(minutes) / Targets.All.Count)) is { } finding)
    {
        Console.Error.WriteLine(Fuzzer.Report(finding));
        return 1;
    }

    Console.WriteLine($"{target}: {fuzzer.Count:N0} inputs, none that it could not take");
}

return 0;
