using System.Security.Cryptography;
using System.Text;
using CallCenter.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.EventStore.Tests;

/// <summary>What somebody does to an excerpt on its way is found, with the line.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TrailExcerptDamageTests(PostgresFixture postgres) : IAsyncLifetime
{
    // Of the whole: the beginning, three times a seal and its four events, the end. Of the selection: a seal before each of its three events.
    private List<string> _whole = null!;
    private List<string> _chosen = null!;
    private string _key = null!;

    /// <summary>Positions 1 to 12 in three seals of four.</summary>
    public async Task InitializeAsync()
    {
        await using var trail = await TrailHarness.CreateAsync(postgres);
        await trail.AppendSealedAsync(events: 4, seals: 3);
        _whole = await LinesAsync(new TrailFilter());
        _chosen = await LinesAsync(new TrailFilter(CorrelationId: "correlation 2"));
        _key = await File.ReadAllTextAsync(Path.Combine(trail.Folder.Path, "verifying-key.pem"));
        (_whole.Count, _chosen.Count).ShouldBe((17, 8));

        async Task<List<string>> LinesAsync(TrailFilter selection)
        {
            using var file = new MemoryStream();
            await new TrailExcerpts(trail.Store.DataSource, new EventTrail(trail.Store.DataSource, StoreHarness.Types), trail.Folder, TimeProvider.System).WriteAsync(selection, file);
            return [.. Encoding.UTF8.GetString(file.ToArray()).TrimEnd('\n').Split('\n')];
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Any_bit_that_is_another_is_found_in_its_line()
    {
        var flips =
            from isWhole in Gen.Elements(true, false)
            from at in Gen.Choose(0, Bytes(isWhole ? _whole : _chosen).Length - 1)
            from bit in Gen.Choose(0, 7)
            select (IsWhole: isWhole, At: at, Bit: bit);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(4_000), Prop.ForAll(flips.ToArbitrary(), flip => Flip(Bytes(flip.IsWhole ? _whole : _chosen), flip.At, flip.Bit)));
    }

    private void Flip(byte[] file, int at, int bit)
    {
        var line = 1 + file.AsSpan(0, at).Count((byte)'\n');
        var last = file.AsSpan().Count((byte)'\n');
        byte[] flipped = [.. file];
        flipped[at] ^= (byte)(1 << bit);

        var report = ExcerptVerifier.VerifyAsync(new MemoryStream(flipped), _key).GetAwaiter().GetResult();

        // What the first line says beside its key is bound by the hash in the last one only.
        var found = line == 1 && report.BrokenLine == last ? 1 : report.BrokenLine;
        found.ShouldBe(line, $"byte {at}, bit {bit}: {report.Text}");
    }

    [Fact]
    public async Task An_event_left_out_is_missing_and_named()
    {
        await ShouldBreakAsync([.. _whole[..3], .. _whole[4..]], line: 4, position: 3);
        await ShouldBreakAsync([.. _whole[..5], .. _whole[6..]], line: 6, position: 4);
        await ShouldBreakAsync([.. _whole[..15], .. _whole[16..]], line: 16, position: 12);
    }

    [Fact]
    public async Task An_event_told_twice_or_elsewhere_is_named()
    {
        await ShouldBreakAsync([.. _whole[..3], _whole[2], .. _whole[3..]], line: 4, position: 1);
        await ShouldBreakAsync([.. _whole[..2], _whole[3], _whole[2], .. _whole[4..]], line: 3, position: 2);
        await ShouldBreakAsync([_whole[0], _whole[2], .. _whole[1..]], line: 2, position: 1);
        await ShouldBreakAsync([.. _chosen[..2], _chosen[4], .. _chosen[3..]], line: 3, position: 7);
        await ShouldBreakAsync([.. _chosen[..3], _chosen[2], .. _chosen[3..]], line: 4, position: 3);
    }

    [Fact]
    public async Task An_event_without_what_proves_it_is_named()
    {
        await ShouldBreakAsync([_chosen[0], _chosen[1], _whole[4], .. _chosen[3..]], line: 3, position: 3);
        await ShouldBreakAsync([.. _whole[..4], _chosen[2], .. _whole[5..]], line: 5, position: 3);
    }

    [Fact]
    public async Task A_change_is_named_though_whatever_needs_no_key_was_computed_anew()
    {
        var changed = _whole[3].Replace("\"user\":\"user\"", "\"user\":\"nobody\"", StringComparison.Ordinal);
        var read = ExcerptLine.Read(Encoding.UTF8.GetBytes(_whole[1]));
        byte[] entries = [.. read.Entries!];
        SealEntries.Write(entries.AsSpan(SealEntries.Size), 2, ExcerptLine.Read(Encoding.UTF8.GetBytes(changed)).Event!.Content());
        var seal = read.Seal! with { Root = SealEntries.Root(entries) };

        await ShouldBreakAsync(Ended([.. _whole[..3], changed, .. _whole[4..^1]]), line: 4, position: 2);
        await ShouldBreakAsync(Ended([_whole[0], Text(read with { Entries = entries }), _whole[2], changed, .. _whole[4..^1]]), line: 2, position: null);
        await ShouldBreakAsync(Ended([_whole[0], Text(read with { Seal = seal, Entries = entries }), _whole[2], changed, .. _whole[4..^1]]), line: 2, position: null);
    }

    [Fact]
    public async Task What_is_cut_out_with_its_seal_is_not_called_complete_and_a_cut_end_ends_earlier()
    {
        // Both times with an end that counts right.
        var gap = await VerifyAsync(Ended([.. _whole[..6], .. _whole[11..^1]]));
        (gap.Holds, gap.IsComplete, gap.Events).ShouldBe((true, false, 8), gap.Text);

        var cut = await VerifyAsync(Ended(_whole[..11]));
        (cut.Holds, cut.IsComplete, cut.LastPosition).ShouldBe((true, true, 8), cut.Text);
    }

    [Fact]
    public async Task Seals_that_do_not_follow_each_other_are_named()
    {
        await ShouldBreakAsync(Ended([_whole[0], .. _whole[6..11], .. _whole[1..6], .. _whole[11..^1]]), line: 7, position: null);
        await ShouldBreakAsync(Ended([.. _whole[..6], .. _whole[1..^1]]), line: 7, position: null);
    }

    [Fact]
    public async Task A_file_that_did_not_come_over_whole_is_no_excerpt()
    {
        await ShouldBreakAsync([], line: 1, position: null);
        await ShouldBreakAsync(_whole[..9], line: 10, position: null);
        await ShouldBreakAsync(_whole[..^1], line: 17, position: null);
        await ShouldBreakAsync([.. _whole, _whole[^1]], line: 17, position: null);
        await ShouldBreakAsync([.. _whole, ""], line: 17, position: null);
        await ShouldBreakAsync(_whole[1..], line: 1, position: null);

        var unended = Bytes(_whole);
        (await ExcerptVerifier.VerifyAsync(new MemoryStream(unended[..^1]), _key)).BrokenLine.ShouldBe(17);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"event\":null}")]
    [InlineData("{\"seal\":{},\"signature\":\"\"}")]
    [InlineData("{\"event\":{}}")]
    [InlineData("{\"end\":{}}")]
    [InlineData("{\"event\":{\"position\":1,\"recordedAt\":\"x\"}}")]
    [InlineData("\u0000\ufffd")]
    public async Task A_line_that_is_none_is_named(string line)
    {
        await ShouldBreakAsync([.. _whole[..4], line, .. _whole[5..]], line: 5, position: null);
        await ShouldBreakAsync([line, .. _whole[1..]], line: 1, position: null);
    }

    [Theory]
    [InlineData(":", ": ")]
    [InlineData("\"position\"", "\"Position\"")]
    [InlineData("}", ",\"note\":\"true\"}")]
    [InlineData("+00:00", "Z")]
    public async Task A_line_in_another_form_is_named_though_it_means_the_same(string old, string @new)
    {
        var at = _whole[4].LastIndexOf(old, StringComparison.Ordinal);
        await ShouldBreakAsync([.. _whole[..4], _whole[4].Remove(at, old.Length).Insert(at, @new), .. _whole[5..]], line: 5, position: null);
    }

    [Fact]
    public async Task A_file_of_a_later_format_is_refused_by_its_number() =>
        (await VerifyAsync([_whole[0].Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal), .. _whole[1..]])).Reason.ShouldBe("its format is 2, and this program knows 1.");

    private static string Text(ExcerptLine line) => Encoding.UTF8.GetString(line.Write());

    /// <summary>With an end that fits.</summary>
    private static List<string> Ended(List<string> lines) =>
    [
        .. lines,
        Text(new ExcerptLine(End: new ExcerptEnd(
            lines.Count(line => line.StartsWith("{\"event\"", StringComparison.Ordinal)), lines.Count(line => line.StartsWith("{\"seal\"", StringComparison.Ordinal)), SHA256.HashData(Bytes(lines))))),
    ];

    private static byte[] Bytes(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private Task<ExcerptReport> VerifyAsync(IEnumerable<string> lines) => ExcerptVerifier.VerifyAsync(new MemoryStream(Bytes(lines)), _key);

    private async Task ShouldBreakAsync(IEnumerable<string> lines, long line, long? position)
    {
        var report = await VerifyAsync(lines);
        (report.Holds, report.BrokenLine, report.BrokenPosition).ShouldBe((false, line, position), report.Text);
        report.Text.ShouldStartWith($"The excerpt DOES NOT HOLD: line {line}");
    }
}
