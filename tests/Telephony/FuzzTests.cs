using CallCenter.Fuzz;
using Xunit.Abstractions;

namespace CallCenter.Telephony.Tests;

/// <summary>Every parser against bytes that nobody would send on purpose. <c>./bench/run fuzz MINUTES</c> does the same for longer.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan InAll = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Names => [.. Targets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_bytes_are_too_much_for_it(string name)
    {
        var target = Targets.All.Single(target => target.Name == name);
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var fuzzer = new Fuzzer(target, seed);
        var finding = fuzzer.Replay() ?? fuzzer.Run(InAll / Targets.All.Count);
        (finding is null ? null : $"seed {seed}: {Fuzzer.Report(finding)}").ShouldBeNull();
        fuzzer.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void What_is_wrong_is_found()
    {
        var careless = new Target("uri", 1_000, static input => _ = input.Contains((byte)0) ? throw new InvalidOperationException("a zero byte") : input.Length);
        new Fuzzer(careless, seed: 1).Run(InAll).ShouldNotBeNull().Input.ShouldContain((byte)0);

        var quadratic = new Target("uri", 20_000, static input => _ = input.Sum(a => input.Count(b => b == a)));
        Growth.Check(quadratic, Corpus.Of(quadratic).SelectMany(Growth.PartsOf)).ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_cost_grows_no_faster_than_its_input(string name)
    {
        var target = Targets.All.Single(target => target.Name == name);
        var finding = Growth.Check(target, Corpus.Of(target).SelectMany(Growth.PartsOf));
        (finding is null ? null : Fuzzer.Report(finding)).ShouldBeNull();
    }
}
