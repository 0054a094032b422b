namespace CallCenter.Domain.Customers;

/// <param name="At">When, by the clock of whoever commands.</param>
/// <param name="By">User name, or what part of the system.</param>
public abstract record CustomerCommand(DateTimeOffset At, string? By);

/// <summary>A new customer, with all by which it is to be known.</summary>
public sealed record CreateCustomer(Guid CustomerId, CustomerProfile Profile, IReadOnlyList<CustomerIdentifier> Identifiers, DateTimeOffset At, string? By) : CustomerCommand(At, By);

/// <summary>The profile, and all by which the customer is to be known from now on.</summary>
public sealed record ChangeCustomer(CustomerProfile Profile, IReadOnlyList<CustomerIdentifier> Identifiers, DateTimeOffset At, string? By) : CustomerCommand(At, By);

public sealed record SetConsent(string Purpose, bool Given, string Source, DateTimeOffset At, string? By) : CustomerCommand(At, By);

public sealed record NoteCustomer(string Text, DateTimeOffset At, string? By) : CustomerCommand(At, By);

public sealed record MergeCustomer(Guid IntoId, DateTimeOffset At, string? By) : CustomerCommand(At, By);

/// <summary>The other half of <see cref="MergeCustomer"/>: what the duplicate was known by.</summary>
public sealed record AbsorbCustomer(IReadOnlyList<CustomerIdentifier> Identifiers, DateTimeOffset At, string? By) : CustomerCommand(At, By);

/// <summary>What is said of a customer.</summary>
/// <param name="Name">Null when it is not known.</param>
/// <param name="Segment">Null for none.</param>
/// <param name="Value">0 up, in the center's currency; null when nobody has said.</param>
public sealed record CustomerProfile(string? Name = null, string? Segment = null, decimal? Value = null);

/// <summary>What a customer is known by; of all customers one only.</summary>
public sealed record CustomerIdentifier(IdentifierKind Kind, string Text)
{
    /// <summary>As events have it, in a member for each kind.</summary>
    public static CustomerIdentifier Of(string? number, string? email, string? reference) =>
        number is not null ? new CustomerIdentifier(IdentifierKind.Number, number)
        : email is not null ? new CustomerIdentifier(IdentifierKind.Email, email)
        : new CustomerIdentifier(IdentifierKind.Reference, reference ?? "");

    /// <summary>As it is kept.</summary>
    /// <returns>Null when it is none of its kind.</returns>
    public CustomerIdentifier? Normalise() => Kind switch
    {
        IdentifierKind.Number => PhoneNumbers.Normalise(Text) is { } number ? this with { Text = number } : null,
        IdentifierKind.Email => IsAddress(Text.Trim()) ? this with { Text = Text.Trim().ToLowerInvariant() } : null,
        _ => Text.Trim() is { Length: > 0 and <= 64 } reference ? this with { Text = reference } : null,
    };

    // Enough to tell an address from something else: what exists, the mail server knows.
    private static bool IsAddress(string text) => text.Length is > 2 and <= 254 && text.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && !text.Any(char.IsWhiteSpace);
}

public enum IdentifierKind { Number, Email, Reference }
