using CallCenter.Api.Hosting;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Customers;

/// <summary>By what the calls of customers under legal hold are found in the calls' read model.</summary>
internal sealed class HeldCallers(Center center)
{
    /// <summary>The search keys; none when nobody is held.</summary>
    public async Task<string[]> KeysAsync(CancellationToken ct)
    {
        var holds = (await new HoldRegister(center, TimeProvider.System).ReadAsync(ct)).Active.Select(hold => hold.CustomerId).OfType<Guid>().Distinct().ToList();
        if (holds.Count == 0)
        {
            return [];
        }

        var customers = new CustomerQueries(center.Source, center.Personal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var customer in (await customers.GetAsync(holds, ct)).Values.DistinctBy(customer => customer.Id))
        {
            keys.UnionWith(await customers.CallKeysAsync(customer, ct));
        }

        return [.. keys];
    }
}
