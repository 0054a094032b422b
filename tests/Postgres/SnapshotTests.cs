using CallCenter.Testing;
using Xunit.Sdk;

namespace CallCenter.Postgres.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_accepted_text_passes_and_another_fails_with_the_difference_and_leaves_what_was_received()
    {
        var source = Path.Combine(_folder.Path, "CallTests.cs");
        var (verified, received) = (Path.Combine(_folder.Path, "CallTests.Ends.verified.txt"), Path.Combine(_folder.Path, "CallTests.Ends.received.txt"));

        await Should.ThrowAsync<FailException>(() => Snapshot.VerifyAsync("one\ntwo", sourceFile: source, method: "Ends"));
        File.Move(received, verified);
        await Snapshot.VerifyAsync("one\r\ntwo\n", sourceFile: source, method: "Ends");

        var failure = await Should.ThrowAsync<FailException>(() => Snapshot.VerifyAsync("one\n2", sourceFile: source, method: "Ends"));
        failure.Message.ShouldContain("- two");
        failure.Message.ShouldContain("+ 2");
        (await File.ReadAllTextAsync(received)).ShouldBe("one\n2\n");
    }
}
