namespace CallCenter.EventStore.Tests;

public sealed class MartenNamesTests
{
    [Theory]
    [InlineData(typeof(CallQueued), "call_queued")]
    [InlineData(typeof(Inner), "inner")]
    [InlineData(typeof(SIPCallBegan), "sip_call_began")]
    [InlineData(typeof(Line2Answered), "line_2_answered")]
    public void An_event_is_named_as_Marten_names_it(Type type, string alias) => MartenNames.EventType(type).ShouldBe(alias);

    [Fact]
    public void The_dotnet_type_names_namespace_outer_class_and_assembly_without_version() =>
        MartenNames.DotNetType(typeof(Inner)).ShouldBe("CallCenter.EventStore.Tests.MartenNamesTests+Inner, CallCenter.EventStore.Tests");

    [Fact]
    public void Two_types_with_one_name_are_refused_and_the_same_type_twice_is_not()
    {
        var types = new EventTypes().Add<CallQueued>().Add<CallQueued>();

        Should.Throw<ArgumentException>(() => types.Add<Other.CallQueued>()).Message.ShouldContain("call_queued");
    }

    internal sealed record Inner;

    internal sealed record SIPCallBegan;

    internal sealed record Line2Answered;

    internal static class Other
    {
        internal sealed record CallQueued;
    }
}
