namespace CallCenter.Telephony.Tests.Trunks;

public sealed class GatewayOrderTests
{
    [Fact]
    public void The_lowest_priority_comes_first_and_every_gateway_once()
    {
        Gateway[] gateways = [new("192.0.2.3", Priority: 20), new("192.0.2.1", Priority: 10), new("192.0.2.2", Priority: 10, Weight: 0)];
        for (var seed = 0; seed < 50; seed++)
        {
            var order = GatewayOrder.Of(gateways, gateway => gateway, new Random(seed).Next).ToList();
            order.ShouldBeUnique();
            order.Count.ShouldBe(3);
            order[^1].Host.ShouldBe("192.0.2.3");
        }
    }

    [Fact]
    public void Weight_is_the_share_of_first_tries()
    {
        Gateway[] gateways = [new("192.0.2.1", Weight: 75), new("192.0.2.2", Weight: 25), new("192.0.2.3", Weight: 0)];
        var random = new Random(2782);
        var first = Enumerable.Range(0, 10_000).Select(_ => GatewayOrder.Of(gateways, gateway => gateway, random.Next).First().Host).CountBy(host => host).ToDictionary();

        first["192.0.2.1"].ShouldBeInRange(7200, 7700);
        first["192.0.2.2"].ShouldBeInRange(2200, 2700);
        first["192.0.2.3"].ShouldBeInRange(1, 300);
    }

    [Theory]
    [InlineData(1, 15, 30)]
    [InlineData(2, 30, 60)]
    [InlineData(6, 480, 960)]
    [InlineData(7, 900, 1800)]
    [InlineData(8, 900, 1800)]
    [InlineData(1000, 900, 1800)]
    public void A_failed_registration_waits_half_to_the_whole_of_a_doubling_time(int failures, int least, int most)
    {
        Backoff.After(failures, chance: 0).TotalSeconds.ShouldBe(least);
        Backoff.After(failures, chance: 0.999999).TotalSeconds.ShouldBe(most, tolerance: 0.01);
    }
}
