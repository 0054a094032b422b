using System.Text.Json;

using CallCenter.Api.Configuration;

namespace CallCenter.Api.Flows;

/// <summary>What flows may name that is no event: databases with their secrets, recorded prompts.</summary>
internal sealed class IvrSurroundings
{
    private IvrSurroundings(IReadOnlyDictionary<string, string> connections, string promptFolder) => (Connections, PromptFolder) = (connections, promptFolder);

    /// <summary>Npgsql connection strings by name.</summary>
    public IReadOnlyDictionary<string, string> Connections { get; }

    /// <summary>Where recorded prompts are, as WAV files.</summary>
    public string PromptFolder { get; }

    /// <summary>Reads the file of connections, where there is one, and makes the folder of recorded prompts.</summary>
    /// <exception cref="KnobException">The file is not what it must be; the message says what and where.</exception>
    public static async Task<IvrSurroundings> ReadAsync(Knobs knobs, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(knobs.DataFolder, "ivr")).FullName;
        return new IvrSurroundings(await ConnectionsAsync(knobs.Connections ?? Path.Combine(knobs.DataFolder, "connections.json"), knobs.Connections is not null, cancellationToken), folder);
    }

    public HashSet<string> RecordedPrompts() =>
        Directory.EnumerateFiles(PromptFolder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(PromptFolder, file)).ToHashSet(StringComparer.Ordinal);

    private static async Task<IReadOnlyDictionary<string, string>> ConnectionsAsync(string path, bool isNamed, CancellationToken cancellationToken)
    {
        if (!isNamed && !File.Exists(path))
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        try
        {
            await using var file = File.OpenRead(path);
            return new Dictionary<string, string>(await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(file, cancellationToken: cancellationToken) ?? [], StringComparer.Ordinal);
        }
        catch (JsonException e)
        {
            throw new KnobException($"{path} is not a JSON object of connection strings by name: {e.Message}");
        }
        catch (IOException e)
        {
            throw new KnobException($"CALLCENTER_CONNECTIONS cannot be read: {e.Message}");
        }
    }
}
