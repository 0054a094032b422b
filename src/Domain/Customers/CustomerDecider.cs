using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Customers.CustomerEvent>;

namespace CallCenter.Domain.Customers;

/// <summary>What may happen to a customer. That an identifier is one customer's only is kept by whoever sends the commands, who sees them all.</summary>
public static class CustomerDecider
{
    private const int MostIdentifiers = 100;
    private const int LongestNote = 10_000;

    public static Decision<CustomerEvent> Decide(CustomerCommand command, Customer customer)
    {
        var at = command.At.NotBefore(customer.LastAt);
        return command switch
        {
            CreateCustomer when customer.Exists => Refuse("CUSTOMER_EXISTS", "The customer has been created already."),
            CreateCustomer c when (Fault(c.Profile) ?? Fault(c.Identifiers)) is { } fault => Refuse(fault.Code, fault.Message),
            CreateCustomer c => Accept(
            [
                new CustomerCreated(c.CustomerId, c.CustomerId.ToString("N"), at, Text(c.Profile.Name), Text(c.Profile.Segment), c.Profile.Value, c.By),
                .. Normal(c.Identifiers).Select(identifier => Identified(c.CustomerId, identifier, at, c.By)),
            ]),
            _ when !customer.Exists => Refuse("CUSTOMER_NOT_FOUND", "There is no such customer."),
            MergeCustomer c when customer.MergedInto == c.IntoId => Accept(),
            _ when customer.MergedInto is { } winner => Refuse("CUSTOMER_MERGED", $"The customer was merged into {winner}."),

            ChangeCustomer c when (Fault(c.Profile) ?? Fault(c.Identifiers)) is { } fault => Refuse(fault.Code, fault.Message),
            ChangeCustomer c => Change(c, customer, at),
            SetConsent c when string.IsNullOrWhiteSpace(c.Purpose) || string.IsNullOrWhiteSpace(c.Source) => Refuse("CONSENT", "A consent has a purpose and a source."),
            SetConsent c when customer.Consents.Contains(new CustomerConsent(c.Purpose, c.Given)) => Accept(),
            SetConsent c => Accept(new CustomerConsentSet(customer.Id, c.Purpose, c.Given, c.Source, at, c.By)),
            NoteCustomer c when string.IsNullOrWhiteSpace(c.Text) || c.Text.Length > LongestNote => Refuse("CUSTOMER_NOTE", $"A note has 1 to {LongestNote} characters."),
            NoteCustomer c => Accept(new CustomerNoted(customer.Id, c.Text, at, c.By)),
            MergeCustomer c when c.IntoId == customer.Id => Refuse("CUSTOMER_MERGE", "A customer cannot be merged into itself."),
            MergeCustomer c => Accept([.. customer.Identifiers.Select(identifier => Unidentified(customer.Id, identifier, at, c.By)), new CustomerMerged(customer.Id, c.IntoId, at, c.By)]),
            AbsorbCustomer c => Accept([.. c.Identifiers.Except(customer.Identifiers).Select(identifier => Identified(customer.Id, identifier, at, c.By))]),
            _ => throw new UnreachableException($"Customer does not decide {command.GetType().Name}."),
        };
    }

    private static Decision<CustomerEvent> Change(ChangeCustomer c, Customer customer, DateTimeOffset at)
    {
        var (profile, wanted) = (new CustomerProfile(Text(c.Profile.Name), Text(c.Profile.Segment), c.Profile.Value), Normal(c.Identifiers));
        return Accept(
        [
            .. profile == customer.Profile ? (CustomerEvent[])[] : [new CustomerChanged(customer.Id, at, profile.Name, profile.Segment, profile.Value, c.By)],
            .. customer.Identifiers.Except(wanted).Select(identifier => Unidentified(customer.Id, identifier, at, c.By)),
            .. wanted.Except(customer.Identifiers).Select(identifier => Identified(customer.Id, identifier, at, c.By)),
        ]);
    }

    private static (string Code, string Message)? Fault(CustomerProfile profile) => profile switch
    {
        { Name.Length: > 200 } => ("CUSTOMER_PROFILE", "A name has 200 characters at most."),
        { Segment.Length: > 64 } => ("CUSTOMER_PROFILE", "A segment has 64 characters at most."),
        { Value: < 0 } => ("CUSTOMER_PROFILE", $"A customer's value is 0 or more, not {profile.Value}."),
        _ => null,
    };

    private static (string Code, string Message)? Fault(IReadOnlyList<CustomerIdentifier> identifiers) =>
        identifiers.Count > MostIdentifiers ? ("CUSTOMER_IDENTIFIER", $"A customer is known by {MostIdentifiers} identifiers at most, not {identifiers.Count}.")
        : identifiers.FirstOrDefault(identifier => identifier.Normalise() is null) is { } bad ? ("CUSTOMER_IDENTIFIER", $"\"{bad.Text}\" is no {Name(bad.Kind)}.")
        : null;

    private static List<CustomerIdentifier> Normal(IEnumerable<CustomerIdentifier> identifiers) => [.. identifiers.Select(identifier => identifier.Normalise()!).Distinct()];

    private static CustomerIdentified Identified(Guid customer, CustomerIdentifier identifier, DateTimeOffset at, string? by) =>
        new(customer, at, Of(identifier, IdentifierKind.Number), Of(identifier, IdentifierKind.Email), Of(identifier, IdentifierKind.Reference), by);

    private static CustomerUnidentified Unidentified(Guid customer, CustomerIdentifier identifier, DateTimeOffset at, string? by) =>
        new(customer, at, Of(identifier, IdentifierKind.Number), Of(identifier, IdentifierKind.Email), Of(identifier, IdentifierKind.Reference), by);

    private static string? Of(CustomerIdentifier identifier, IdentifierKind kind) => identifier.Kind == kind ? identifier.Text : null;

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Name(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Number => "telephone number",
        IdentifierKind.Email => "mail address",
        _ => "customer number of 1 to 64 characters",
    };
}
