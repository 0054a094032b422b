namespace CallCenter.Routing.Ivr;

/// <summary>A web service that flows know by name: its address and secrets stand in no flow and in no event.</summary>
/// <param name="address">Absolute, http or https; what is asked lies below it.</param>
/// <param name="headers">Header fields of every question to it, such as a bearer token. A flow cannot set them otherwise.</param>
public sealed class WebService(Uri address, IReadOnlyDictionary<string, string> headers)
{
    private readonly string _address = address.AbsoluteUri.TrimEnd('/');

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    /// <summary>The whole address of a path.</summary>
    /// <param name="path">From /.</param>
    /// <returns>Null when it would lead elsewhere, as by <c>/../</c>: the secrets are for this service only.</returns>
    internal Uri? Locate(string path) =>
        Uri.TryCreate(_address + path, UriKind.Absolute, out var located) && located.AbsoluteUri.StartsWith($"{_address}/", StringComparison.Ordinal) ? located : null;
}
