using System.Diagnostics;

namespace CallCenter.Domain.Servers;

/// <summary>An event of the center's server.</summary>
public abstract record ServerEvent(DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The server has started.</summary>
/// <param name="Settings">What the environment set, by name; of a secret only that it is set.</param>
public sealed record ServerStarted(IReadOnlyDictionary<string, string> Settings, DateTimeOffset OccurredAt) : ServerEvent(OccurredAt);

/// <summary>What the center's server was started with.</summary>
public sealed record ServerSettings(IReadOnlyDictionary<string, string> Settings)
{
    public const string StreamType = "server";

    public static readonly ServerSettings Initial = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The one stream of it.</summary>
    public static readonly Guid StreamId = new("0194f000-0000-7000-8000-0000000000b3");

    /// <summary>Total over the events of the server.</summary>
    public static ServerSettings Evolve(ServerSettings server, ServerEvent @event) => @event switch
    {
        ServerStarted e => new ServerSettings(e.Settings),
        _ => throw new UnreachableException($"ServerSettings does not evolve {@event.GetType().Name} after {server.Settings.Count} settings."),
    };
}
