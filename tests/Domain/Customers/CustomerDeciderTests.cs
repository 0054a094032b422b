using CallCenter.Domain.Customers;

namespace CallCenter.Domain.Tests.Customers;

public sealed class CustomerDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Other = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly CustomerIdentifier Number = new(IdentifierKind.Number, "+49305551234");
    private static readonly CustomerIdentifier Email = new(IdentifierKind.Email, "ann@example.com");

    private static readonly Dictionary<string, CustomerCommand> Commands = new(StringComparer.Ordinal)
    {
        ["create"] = new CreateCustomer(Id, new CustomerProfile("Ann Doe", "gold", 500), [new(IdentifierKind.Number, "0049 (30) 555-1234"), new(IdentifierKind.Email, "Ann@Example.com")], Now, "joe"),
        ["create with no number"] = new CreateCustomer(Id, new CustomerProfile(), [new(IdentifierKind.Number, "+49x")], Now, "joe"),
        ["change"] = new ChangeCustomer(new CustomerProfile("Ann Roe", "gold", 500), [Number, new(IdentifierKind.Reference, "17702523")], Now, "joe"),
        ["change nothing"] = new ChangeCustomer(new CustomerProfile("Ann Doe", "gold", 500), [Email, Number], Now, "joe"),
        ["change badly"] = new ChangeCustomer(new CustomerProfile("Ann Doe", Value: -1), [], Now, "joe"),
        ["consent"] = new SetConsent("marketing", false, "call", Now, "joe"),
        ["consent again"] = new SetConsent("recording", true, "call", Now, "joe"),
        ["consent to nothing"] = new SetConsent(" ", true, "call", Now, "joe"),
        ["note"] = new NoteCustomer("Likes mornings.", Now, "joe"),
        ["empty note"] = new NoteCustomer("", Now, "joe"),
        ["merge"] = new MergeCustomer(Other, Now, "joe"),
        ["merge into itself"] = new MergeCustomer(Id, Now, "joe"),
        ["absorb"] = new AbsorbCustomer([Number, new(IdentifierKind.Number, "2001")], Now, "joe"),
    };

    private static readonly CustomerEvent[] Known =
    [
        new CustomerCreated(Id, Id.ToString("N"), Now.AddHours(-1), "Ann Doe", "gold", 500, "joe"), new CustomerIdentified(Id, Now.AddHours(-1), Number.Text), new CustomerIdentified(Id, Now.AddHours(-1), Email: Email.Text),
        new CustomerConsentSet(Id, "recording", true, "web-form", Now.AddHours(-1)), new CustomerNoted(Id, "Was in the shop.", Now.AddHours(-1)),
    ];

    private static readonly (string State, CustomerEvent[] History)[] States =
    [
        ("None", []),
        ("Known", Known),
        ("Merged", [.. Known, new CustomerUnidentified(Id, Now.AddMinutes(-1), Number.Text), new CustomerUnidentified(Id, Now.AddMinutes(-1), Email: Email.Text), new CustomerMerged(Id, Other, Now.AddMinutes(-1))]),
    ];

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("create", ["CustomerCreated+CustomerIdentified+CustomerIdentified", "CUSTOMER_EXISTS", "CUSTOMER_EXISTS"]),
        ("create with no number", ["CUSTOMER_IDENTIFIER", "CUSTOMER_EXISTS", "CUSTOMER_EXISTS"]),
        ("change", ["CUSTOMER_NOT_FOUND", "CustomerChanged+CustomerUnidentified+CustomerIdentified", "CUSTOMER_MERGED"]),
        ("change nothing", ["CUSTOMER_NOT_FOUND", "", "CUSTOMER_MERGED"]),
        ("change badly", ["CUSTOMER_NOT_FOUND", "CUSTOMER_PROFILE", "CUSTOMER_MERGED"]),
        ("consent", ["CUSTOMER_NOT_FOUND", "CustomerConsentSet", "CUSTOMER_MERGED"]),
        ("consent again", ["CUSTOMER_NOT_FOUND", "", "CUSTOMER_MERGED"]),
        ("consent to nothing", ["CUSTOMER_NOT_FOUND", "CONSENT", "CUSTOMER_MERGED"]),
        ("note", ["CUSTOMER_NOT_FOUND", "CustomerNoted", "CUSTOMER_MERGED"]),
        ("empty note", ["CUSTOMER_NOT_FOUND", "CUSTOMER_NOTE", "CUSTOMER_MERGED"]),
        ("merge", ["CUSTOMER_NOT_FOUND", "CustomerUnidentified+CustomerUnidentified+CustomerMerged", ""]),
        ("merge into itself", ["CUSTOMER_NOT_FOUND", "CUSTOMER_MERGE", "CUSTOMER_MERGED"]),
        ("absorb", ["CUSTOMER_NOT_FOUND", "CustomerIdentified", "CUSTOMER_MERGED"]),
    ];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < States.Length; i++)
            {
                cells.Add(States[i].State, command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_state_when_commanded_then(string state, string command, string expected)
    {
        var customer = States.Single(s => s.State == state).History.Aggregate(Customer.Initial, Customer.Evolve);
        var decision = CustomerDecider.Decide(Commands[command], customer);
        (decision.Refusal?.Code ?? string.Join('+', decision.Events.Select(e => e.GetType().Name))).ShouldBe(expected);
    }

    [Fact]
    public void The_matrix_has_every_command()
    {
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == States.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count().ShouldBe(typeof(CustomerCommand).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(CustomerCommand))));
    }

    [Fact]
    public void A_customer_is_what_was_said_of_it_in_normal_spelling()
    {
        var customer = CustomerDecider.Decide(Commands["create"], Customer.Initial).Events.Aggregate(Customer.Initial, Customer.Evolve);
        (customer.Id, customer.Profile).ShouldBe((Id, new CustomerProfile("Ann Doe", "gold", 500)));
        customer.Identifiers.ShouldBe([Number, Email]);
        var changed = CustomerDecider.Decide(Commands["change"], customer).Events.Aggregate(customer, Customer.Evolve);
        changed.Identifiers.ShouldBe([Number, new(IdentifierKind.Reference, "17702523")]);
        CustomerDecider.Decide(Commands["consent"], customer).Events.Aggregate(Known.Aggregate(Customer.Initial, Customer.Evolve), Customer.Evolve).Consents.ShouldBe([new("recording", true), new("marketing", false)]);
    }

    [Theory]
    [InlineData("+49 (30) 555-1234", "+49305551234")]
    [InlineData("0049 30 5551234", "+49305551234")]
    [InlineData("030 5551234", "0305551234")]
    [InlineData("2001", "2001")]
    [InlineData("Ann", "ann")]
    [InlineData("+49", null)]
    [InlineData("+4930555123456789", null)]
    [InlineData("", null)]
    [InlineData("ann@example.com", null)]
    public void A_number_is_kept_in_one_spelling(string text, string? kept) => PhoneNumbers.Normalise(text).ShouldBe(kept);

    [Theory]
    [InlineData("49305551234", "+49305551234 49305551234 0049305551234")]
    [InlineData("+49 30 5551234", "+49305551234 49305551234 0049305551234")]
    [InlineData("0305551234", "0305551234")]
    [InlineData("2001", "2001")]
    [InlineData("anonymous@anonymous.invalid", "")]
    public void A_caller_is_looked_for_under_every_spelling_of_trunks(string text, string spellings) => string.Join(' ', PhoneNumbers.Spellings(text)).ShouldBe(spellings);
}
