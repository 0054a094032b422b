using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

[CollectionDefinition(Name)]
public sealed class SharedCenterCollection : ICollectionFixture<SharedCenter>
{
    public const string Name = "shared center";
}
