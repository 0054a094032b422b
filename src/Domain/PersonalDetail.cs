namespace CallCenter.Domain;

/// <summary>A text of an event that tells something of a caller or customer. The store keeps it under that person's key, and forgets it with the person.</summary>
/// <remarks>Staff are no persons in this sense, and neither are extensions and the numbers of the center itself.</remarks>
/// <param name="Member">The event's member.</param>
/// <param name="Kind">One of <see cref="PersonalKinds"/>.</param>
/// <param name="Identifies">Whether it says who the person is. Of several such members the first is the strongest.</param>
/// <param name="When">In which events; null for all of the type.</param>
public sealed record PersonalDetail(string Member, string Kind, bool Identifies = false, Func<object, bool>? When = null);

/// <summary>What a personal text can be.</summary>
public static class PersonalKinds
{
    /// <summary>A telephone number or SIP user.</summary>
    public const string Number = "number";

    /// <summary>The number that a customer has in the company's own books.</summary>
    public const string CustomerNumber = "customer";

    /// <summary>A mail address.</summary>
    public const string Email = "email";

    /// <summary>A customer's id: what is written of the customer lies under the key that it names.</summary>
    public const string Person = "person";

    /// <summary>Words about the person.</summary>
    public const string Text = "text";
}
