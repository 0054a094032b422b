namespace CallCenter.Routing;

/// <summary>What routing knows of callers beyond their calls, when one of them is forgotten.</summary>
public sealed partial class Router
{
    /// <summary>Forgets who served whom and reads it again, from which the forgotten are gone: their numbers are not known here by then.</summary>
    public Task ForgetCallersAsync(CancellationToken cancellationToken = default)
    {
        Post(_lastAgents.Clear);
        return RememberAsync(cancellationToken);
    }
}
