using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Tests.Language;

public sealed class ScreamingSnakeCaseTests
{
    [Theory]
    [InlineData("Blind", "BLIND")]
    [InlineData("LeftInIvr", "LEFT_IN_IVR")]
    [InlineData("IVRPath", "IVR_PATH")]
    [InlineData("OnHold", "ON_HOLD")]
    [InlineData("Already_Split", "ALREADY_SPLIT")]
    [InlineData("Level2Agent", "LEVEL2_AGENT")]
    [InlineData("A", "A")]
    public void Words_are_split_where_capitals_begin_them(string name, string expected) => ScreamingSnakeCase.From(name).ShouldBe(expected);
}
