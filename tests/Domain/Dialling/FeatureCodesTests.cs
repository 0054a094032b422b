using CallCenter.Domain.Dialling;

namespace CallCenter.Domain.Tests.Dialling;

public sealed class FeatureCodesTests
{
    [Theory]
    [InlineData("*50", Feature.Ready, "")]
    [InlineData("*51", Feature.NotReady, "")]
    [InlineData("*512", Feature.NotReady, "2")]
    [InlineData("*713", Feature.RetrieveParked, "3")]
    [InlineData("*72", Feature.ForwardAlways, "")]
    [InlineData("*72+4930", Feature.ForwardAlways, "+4930")]
    [InlineData("*59", Feature.TakeWaiting, "")]
    [InlineData("*97", Feature.Messages, "")]
    [InlineData("*8", Feature.PickUp, "")]
    [InlineData("*82002", Feature.PickUp, "2002")]
    [InlineData("*332002", Feature.Listen, "2002")]
    public void A_code_names_a_feature_and_what_it_is_about(string dialled, Feature feature, string argument) => FeatureCodes.TryParse(dialled).ShouldBe(new FeatureCall(feature, argument));

    [Theory]
    [InlineData("")]
    [InlineData("2001")]
    [InlineData("*")]
    [InlineData("*99")]
    [InlineData("*501")]
    [InlineData("*71")]
    [InlineData("*33")]
    [InlineData("*51x")]
    public void Anything_else_is_none(string dialled) => FeatureCodes.TryParse(dialled).ShouldBeNull();

    [Fact]
    public void No_code_is_the_beginning_of_another()
    {
        var codes = FeatureCodes.All.Select(row => row.Code).ToList();
        codes.ShouldAllBe(code => codes.Count(other => other.StartsWith(code, StringComparison.Ordinal)) == 1);
        FeatureCodes.All.Select(row => row.Feature).ShouldBe(Enum.GetValues<Feature>(), ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "not-ready")]
    [InlineData("2", "lunch")]
    [InlineData("0", "reason-0")]
    [InlineData("42", "reason-42")]
    public void A_reason_is_a_digit(string argument, string reason) => FeatureCodes.ReasonOf(argument).ShouldBe(reason);
}
