using CallCenter.Api.Customers;
using CallCenter.Domain;
using CallCenter.Domain.Customers;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Schema;

internal sealed record CustomerPayload(CustomerView? Customer, IReadOnlyList<UserError> Errors);

internal sealed record CustomerInput(string? Name, string? Segment, double? Value, IReadOnlyList<string> Numbers, IReadOnlyList<string> Emails, IReadOnlyList<string> References)
{
    public CustomerProfile Profile => new(Name, Segment, (decimal?)Value);

    public IReadOnlyList<CustomerIdentifier> Identifiers =>
        [.. Of(IdentifierKind.Number, Numbers), .. Of(IdentifierKind.Email, Emails), .. Of(IdentifierKind.Reference, References)];

    private static IEnumerable<CustomerIdentifier> Of(IdentifierKind kind, IReadOnlyList<string> texts) => texts.Select(text => new CustomerIdentifier(kind, text));
}

/// <summary>What people write down of customers.</summary>
internal static class CustomerMutations
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<CustomerPayload>(type =>
        {
            type.Field("customer: Customer", p => p.Customer);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<CustomerInput>("CustomerInput", type =>
        {
            type.Description("All that is known of a customer. Numbers, mail addresses and references are one customer's only.");
            type.Field("numbers: [String!]! = []");
            type.Field("emails: [String!]! = []");
            type.Field("references: [String!]! = []").Description("The customer's numbers in other systems' books.");
        });
        schema.AddMutationType(mutation =>
        {
            mutation.Field("createCustomer(input: CustomerInput!): CustomerPayload!").Description("Makes a customer.").Authorize(DeskAccess.Desks).Resolve(async context =>
            {
                var input = context.ArgumentValue<CustomerInput>("input");
                var (id, refusal) = await context.Service<CustomerRegister>().CreateAsync(input.Profile, input.Identifiers, context.User().UserName, context.RequestAborted);
                return await AnswerAsync(context, id, refusal);
            });
            Command(mutation, "changeCustomer(id: ID!, input: CustomerInput!): CustomerPayload!", "Gives a customer all this, and nothing that is not given.", (context, at, by) =>
            {
                var input = context.ArgumentValue<CustomerInput>("input");
                return new ChangeCustomer(input.Profile, input.Identifiers, at, by);
            });
            Command(mutation, "setCustomerConsent(id: ID!, purpose: String!, given: Boolean!, source: String!): CustomerPayload!", "Notes what the customer allows, or allows no more, and how that is known.",
                (context, at, by) => new SetConsent(context.ArgumentValue<string>("purpose"), context.ArgumentValue<bool>("given"), context.ArgumentValue<string>("source"), at, by));
            Command(mutation, "addCustomerNote(id: ID!, text: String!): CustomerPayload!", "Writes something down about a customer.",
                (context, at, by) => new NoteCustomer(context.ArgumentValue<string>("text"), at, by));
            mutation.Field("mergeCustomers(id: ID!, into: ID!): CustomerPayload!").Description("Two customers are the same person: the second goes on with all that the first was known by, its calls and its tickets.")
                .Authorize(DeskAccess.Desks).Resolve(async context =>
                {
                    var into = context.ArgumentValue<Guid>("into");
                    return await AnswerAsync(context, into, await context.Service<CustomerRegister>().MergeAsync(context.ArgumentValue<Guid>("id"), into, context.User().UserName, context.RequestAborted));
                });
        });
    }

    private static void Command(ComplexTypeDescriptor<object> mutation, string field, string description, Func<IResolverContext, DateTimeOffset, string, CustomerCommand> command) =>
        mutation.Field(field).Description(description).Authorize(DeskAccess.Desks).Resolve(async context =>
        {
            var (id, by) = (context.ArgumentValue<Guid>("id"), context.User().UserName);
            return await AnswerAsync(context, id, await context.Service<CustomerRegister>().HandleAsync(id, at => command(context, at, by), by, context.RequestAborted));
        });

    private static async Task<CustomerPayload> AnswerAsync(IResolverContext context, Guid id, Refusal? refusal) => new(
        refusal is null ? (await context.Service<CustomerQueries>().GetAsync([id], context.RequestAborted)).GetValueOrDefault(id) : null, DeskAccess.ErrorsOf(refusal));
}
