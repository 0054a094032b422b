namespace CallCenter.Fuzz;

/// <summary>Something that takes bytes from the network.</summary>
/// <param name="Name">Also the folder of its corpus.</param>
/// <param name="LongestInput">Bytes of the longest input that can reach it.</param>
/// <param name="Take">Takes any bytes. An exception is a finding.</param>
internal sealed record Target(string Name, int LongestInput, Action<byte[]> Take)
{
    public override string ToString() => Name;
}

/// <summary>What a target did wrong.</summary>
/// <param name="Target">Which.</param>
/// <param name="Input">The bytes.</param>
/// <param name="What">What happened.</param>
internal sealed record Finding(Target Target, byte[] Input, string What);
