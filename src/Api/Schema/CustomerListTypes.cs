using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Schema;

internal sealed record CustomerFilterInput(string? Segment, double? MinValue)
{
    public CustomerFilter ToFilter() => new(Segment, (decimal?)MinValue);
}

/// <summary>All customers, for those who look after more than the caller at hand.</summary>
internal static class CustomerListTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddInputObjectType<CustomerFilterInput>("CustomerFilter", type => type.Field("minValue: Float").Description("Those whose value is not known are left out."));
        Connections.AddTo<CustomerView>(schema, "Customer");
        schema.AddQueryType(query => query.Field("customers(where: CustomerFilter, first: Int = 50, after: String): CustomerConnection!")
            .Description("Customers, the newest first. Who was merged into another is not among them.").Authorize(Access.Overseers).Resolve(context =>
            {
                var (list, filter) = (context.Service<CustomerList>(), context.ArgumentValue<CustomerFilterInput?>("where")?.ToFilter() ?? new CustomerFilter());
                return context.ConnectAsync((first, after, ct) => list.PageAsync(filter, first, after, ct), c => list.CountAsync(filter, c.RequestAborted));
            }));
    }
}
