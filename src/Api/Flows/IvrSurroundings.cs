using CallCenter.Api.Configuration;
using CallCenter.Routing.Ivr;

namespace CallCenter.Api.Flows;

/// <summary>What flows may name that is no event: databases and web services with their secrets, recorded prompts.</summary>
internal sealed class IvrSurroundings
{
    private IvrSurroundings(FlowConnections connections, string promptFolder) => (Connections, WebServices, PromptFolder) = (connections.Databases, connections.WebServices, promptFolder);

    /// <summary>Npgsql connection strings by name.</summary>
    public IReadOnlyDictionary<string, string> Connections { get; }

    /// <summary>Web services by name.</summary>
    public IReadOnlyDictionary<string, WebService> WebServices { get; }

    /// <summary>Where recorded prompts are, as WAV files.</summary>
    public string PromptFolder { get; }

    /// <summary>Reads the file of connections, where there is one, and makes the folder of recorded prompts.</summary>
    /// <exception cref="KnobException">The file is not what it must be; the message says what and where.</exception>
    public static IvrSurroundings Read(Knobs knobs)
    {
        var folder = Directory.CreateDirectory(Path.Combine(knobs.DataFolder, "ivr")).FullName;
        return new IvrSurroundings(Connect(knobs.Connections ?? Path.Combine(knobs.DataFolder, "connections.json"), knobs.Connections is not null), folder);
    }

    public HashSet<string> RecordedPrompts() =>
        Directory.EnumerateFiles(PromptFolder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(PromptFolder, file)).ToHashSet(StringComparer.Ordinal);

    private static FlowConnections Connect(string path, bool isNamed)
    {
        if (!isNamed && !File.Exists(path))
        {
            return new FlowConnections(new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, WebService>(StringComparer.Ordinal));
        }

        try
        {
            using var file = File.OpenRead(path);
            return FlowConnections.Read(path, file);
        }
        catch (IOException e)
        {
            throw new KnobException($"CALLCENTER_CONNECTIONS cannot be read: {e.Message}");
        }
    }
}
