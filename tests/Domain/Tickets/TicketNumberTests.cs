using CallCenter.Domain.Tickets;

namespace CallCenter.Domain.Tests.Tickets;

public sealed class TicketNumberTests
{
    [Fact]
    public void The_check_digit_is_damms() => TicketNumber.Of(572).ShouldBe(5724);

    [Fact]
    public void One_digit_misheard_or_two_neighbours_swapped_are_nobodys_number()
    {
        foreach (var number in Enumerable.Range(1, 3_000).Select(drawn => TicketNumber.Of(drawn)))
        {
            TicketNumber.IsValid(number).ShouldBeTrue();
            var digits = $"{number}";
            for (var i = 0; i < digits.Length; i++)
            {
                foreach (var other in "0123456789".Where(digit => digit != digits[i]))
                {
                    IsTaken($"{digits[..i]}{other}{digits[(i + 1)..]}").ShouldBeFalse();
                }

                if (i + 1 < digits.Length && digits[i] != digits[i + 1])
                {
                    IsTaken($"{digits[..i]}{digits[i + 1]}{digits[i]}{digits[(i + 2)..]}").ShouldBeFalse();
                }
            }
        }

        static bool IsTaken(string digits) => digits[0] != '0' && TicketNumber.IsValid(int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200_000_001)]
    public void There_are_no_numbers_beyond_those_that_an_Int_holds(long drawn) => Should.Throw<ArgumentOutOfRangeException>(() => TicketNumber.Of(drawn));
}
