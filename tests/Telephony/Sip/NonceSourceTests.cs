using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

public sealed class NonceSourceTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_nonce_is_good_for_each_count_once_in_any_order_within_the_last_64()
    {
        var source = new NonceSource(_time);
        var nonce = source.New();

        source.Check(nonce, 1).ShouldBe(NonceVerdict.Good);
        source.Check(nonce, 1).ShouldBe(NonceVerdict.Good, "checking alone uses nothing up");
        source.Use(nonce, 3);
        source.Check(nonce, 3).ShouldBe(NonceVerdict.Stale);
        source.Check(nonce, 2).ShouldBe(NonceVerdict.Good, "it was overtaken");
        source.Use(nonce, 2);
        source.Check(nonce, 2).ShouldBe(NonceVerdict.Stale);
        source.Check(nonce, 3).ShouldBe(NonceVerdict.Stale, "a late count does not clear a higher one");
        source.Use(nonce, 66);
        source.Check(nonce, 3).ShouldBe(NonceVerdict.Stale);
        source.Check(nonce, 4).ShouldBe(NonceVerdict.Good);
        source.Use(nonce, 67);
        source.Check(nonce, 3).ShouldBe(NonceVerdict.Stale, "64 back is too far");
        source.Check(nonce, 4).ShouldBe(NonceVerdict.Good);
        source.Use(nonce, uint.MaxValue);
        source.Check(nonce, 67).ShouldBe(NonceVerdict.Stale);
        source.Check(nonce, uint.MaxValue).ShouldBe(NonceVerdict.Stale);
        source.Check(nonce, uint.MaxValue - 1).ShouldBe(NonceVerdict.Good);
        source.Check(source.New(), 0).ShouldBe(NonceVerdict.Stale, "counts begin at 1");
    }

    [Fact]
    public void A_nonce_expires_after_five_minutes()
    {
        var source = new NonceSource(_time);
        var nonce = source.New();

        _time.SetNow(_time.GetUtcNow().AddMinutes(5));
        source.Check(nonce, 1).ShouldBe(NonceVerdict.Good);
        _time.SetNow(_time.GetUtcNow().AddSeconds(1));
        source.Check(nonce, 1).ShouldBe(NonceVerdict.Stale);
    }

    [Fact]
    public void A_count_is_not_forgotten_while_its_nonce_lives()
    {
        var source = new NonceSource(_time);
        var nonce = source.New();
        _time.SetNow(_time.GetUtcNow().AddMinutes(1));
        source.Use(nonce, 9);
        _time.SetNow(_time.GetUtcNow().AddMinutes(4));
        source.Use(source.New(), 1);

        source.Check(nonce, 9).ShouldBe(NonceVerdict.Stale);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("!!!!")]
    public void What_we_did_not_make_is_forged(string nonce) => new NonceSource(_time).Check(nonce, 1).ShouldBe(NonceVerdict.Forged);

    [Fact]
    public void A_nonce_changed_in_any_character_or_made_by_another_process_is_forged()
    {
        var source = new NonceSource(_time);
        var nonce = source.New();

        for (var i = 0; i < nonce.Length - 1; i++)
        {
            var changed = nonce.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            source.Check(new string(changed), 1).ShouldBe(NonceVerdict.Forged, $"character {i}");
        }

        new NonceSource(_time).Check(nonce, 1).ShouldBe(NonceVerdict.Forged);
    }
}
