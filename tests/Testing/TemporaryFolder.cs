namespace CallCenter.Testing;

/// <summary>A folder of its own for one test, removed with all that is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its path; open to this user only.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("callcenter-test-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
