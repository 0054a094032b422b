namespace CallCenter.Telephony.Tests.Switching;

/// <summary>Bindings that outlive the switch which took them.</summary>
public sealed class KeptBindingTests
{
    private static readonly OriginateOptions Options = new() { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task A_phone_is_called_by_the_next_switch_without_registering_again()
    {
        var kept = new Kept();
        await using var first = await SwitchBench.StartAsync(bindings: kept);
        var phone = first.Phone("2001");
        await phone.RegisterAsync("secret", parameters: ";q=0.3;+sip.instance=\"<urn:x:1>\";reg-id=2", path: $"<sip:{phone.EndPoint};lr>");
        await first.NextAsync<PhoneRegistered>();
        kept.Bindings["2001"][0].ShouldSatisfyAllConditions(b => b.Q.ShouldBe(0.3), b => b.Instance.ShouldBe("\"<urn:x:1>\""), b => b.RegId.ShouldBe(2), b => b.Path.ShouldBe($"<sip:{phone.EndPoint};lr>"));
        await first.Switch.DisposeAsync();

        await using var second = await SwitchBench.StartAsync(bindings: kept);

        (await second.NextAsync<PhoneRegistered>()).Extension.ShouldBe("2001");
        second.Switch.Bindings("2001").ShouldHaveSingleItem().ShouldBe(kept.Bindings["2001"].ShouldHaveSingleItem());
        second.Switch.Originate("2001", Options);
        await phone.RequestAsync("INVITE");
    }

    [Fact]
    public async Task What_was_removed_or_has_expired_is_not_taken_up()
    {
        var kept = new Kept();
        await using var first = await SwitchBench.StartAsync(bindings: kept);
        var phone = await first.RegisteredAsync("2001");
        await first.RegisteredAsync("2002");
        (await phone.RegisterAsync("secret", expires: 0)).StatusCode.ShouldBe(200);
        await first.NextAsync<PhoneUnregistered>();
        kept.Bindings["2001"].ShouldBeEmpty();
        await first.Switch.DisposeAsync();
        kept.Bindings["2002"] = [kept.Bindings["2002"][0] with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) }];

        await using var second = await SwitchBench.StartAsync(bindings: kept);
        await second.RegisteredAsync("2003");

        (await second.NextAsync<PhoneRegistered>()).Extension.ShouldBe("2003");
        second.Switch.Bindings("2001").ShouldBeEmpty();
        second.Switch.Bindings("2002").ShouldBeEmpty();
    }

    private sealed class Kept : IBindingStore
    {
        public Dictionary<string, IReadOnlyList<Binding>> Bindings { get; } = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, IReadOnlyList<Binding>> Load() => new Dictionary<string, IReadOnlyList<Binding>>(Bindings, StringComparer.Ordinal);

        public void Save(string extension, IReadOnlyList<Binding> bindings) => Bindings[extension] = bindings;
    }
}
