using System.Security.Cryptography;

namespace CallCenter.EventStore.Tests;

public sealed class TrailTreeTests
{
    [Fact]
    public void The_root_is_that_of_RFC_6962()
    {
        for (var count = 1; count <= 70; count++)
        {
            var entries = RandomNumberGenerator.GetBytes(count * SealEntries.Size);
            SealEntries.Root(entries).ShouldBe(ByDefinition(entries), $"{count} entries");
        }
    }

    // Section 2.1: the left half is the largest power of two below the number of entries.
    private static byte[] ByDefinition(byte[] entries)
    {
        var count = entries.Length / SealEntries.Size;
        if (count == 1)
        {
            return SHA256.HashData([0, .. entries]);
        }

        var left = 1;
        while (left * 2 < count)
        {
            left *= 2;
        }

        return SHA256.HashData([1, .. ByDefinition(entries[..(left * SealEntries.Size)]), .. ByDefinition(entries[(left * SealEntries.Size)..])]);
    }
}
