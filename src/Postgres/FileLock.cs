namespace CallCenter.Postgres;

/// <summary>Advisory locks on files, which end with the process that holds them (flock(2), as <see cref="FileShare"/> is implemented on Unix).</summary>
internal static class FileLock
{
    private const int WouldBlock = 11; // EAGAIN on Linux
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits for the lock that excludes all others.</summary>
    public static async Task<FileStream> ExclusiveAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            if (TryExclusive(path) is { } held)
            {
                return held;
            }

            await Task.Delay(RetryInterval, ct);
        }
    }

    /// <summary>The lock that excludes all others; null when it is held.</summary>
    public static FileStream? TryExclusive(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>The lock that many may hold; null when it is held exclusively.</summary>
    public static FileStream? TryShared(string path) => TryOpen(path, FileAccess.Read, FileShare.Read);

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException exception) when (exception.HResult == WouldBlock)
        {
            return null;
        }
    }
}
