using System.Globalization;

using CallCenter.Sip.Bench;

// The SIP room alone: how fast it parses, what plain answered calls cost, and what a call that is up keeps in memory.
switch (args)
{
    case ["serve"]:
        await Answering.RunAsync();
        return 0;
    case ["parse"]:
        ParseBench.Run();
        return 0;
    case ["answer", .. var rates]:
        await using (var bench = await AnswerBench.StartAsync())
        {
            await bench.RatesAsync(rates.Length > 0 ? [.. rates.Select(rate => int.Parse(rate, CultureInfo.InvariantCulture))] : [500, 1000, 1500, 2000, 2500, 3000], CancellationToken.None);
        }

        return 0;
    case ["memory"]:
        await using (var bench = await AnswerBench.StartAsync())
        {
            await bench.MemoryAsync(CancellationToken.None);
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: parse | answer [RATE...] | memory");
        return 2;
}
