using CallCenter.Telephony;

namespace CallCenter.Api.Tests;

/// <summary>A gate without a wall: it writes down what it is told. It trusts 127.0.0.1.</summary>
internal sealed class FakeGate : ISourceGate
{
    public List<string> Told { get; } = [];

    public bool Block(string address, string reason, DateTimeOffset until)
    {
        Told.Add($"block {address}");
        return true;
    }

    public bool IsTrusted(string address) => string.Equals(address, "127.0.0.1", StringComparison.Ordinal);

    public void Unblock(string address) => Told.Add($"unblock {address}");
}
