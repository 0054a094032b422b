using CallCenter.Domain.Calls;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>First contacts, found by looking at every call of each customer.</summary>
internal static class ContactsOfCustomers
{
    /// <summary>First contacts; those that stayed resolved bring 1.</summary>
    public static IEnumerable<Brought> Resolved(KpiEvidence evidence, int days) =>
        from contact in Handled(evidence, days)
        where contact.IsFirst
        select contact.Visit with { Part = contact.Call.Resolved == true && !contact.CameBack ? 1 : 0 };

    /// <summary>Handled contacts; those that are not first bring 1.</summary>
    public static IEnumerable<Brought> Repeated(KpiEvidence evidence, int days) => from contact in Handled(evidence, days) select contact.Visit with { Part = contact.IsFirst ? 0 : 1 };

    /// <summary>Each visit with the number of its customer: different numbers are different customers.</summary>
    public static IEnumerable<Brought> Customers(KpiEvidence evidence)
    {
        var numbers = evidence.Calls.Select(call => call.Customer).OfType<string>().Distinct(StringComparer.Ordinal).Select((customer, i) => (customer, i)).ToDictionary(c => c.customer, c => c.i + 1, StringComparer.Ordinal);
        return from call in evidence.Calls
               where call.Customer is not null
               from visit in call.Visits
               select KpiRecount.Of(call, visit.QueuedAt, visit.Queue, visit.Agent, numbers[call.Customer!]);
    }

    private static IEnumerable<(ToldCall Call, Brought Visit, bool IsFirst, bool CameBack)> Handled(KpiEvidence evidence, int days)
    {
        var window = TimeSpan.FromDays(days);
        foreach (var customer in evidence.Calls.Where(call => call.Customer is not null).GroupBy(call => (call.Customer, call.Topic ?? "none")))
        {
            var inbound = customer.Where(call => call.Received.Direction == CallDirection.Inbound).ToList();
            foreach (var call in customer)
            {
                // A call with several visits counts where it was handled last.
                if (call.Visits.LastOrDefault(visit => visit.IsHandled) is not { } visit)
                {
                    continue;
                }

                var (at, end) = (call.Received.OccurredAt, call.End?.OccurredAt ?? call.Received.OccurredAt);
                yield return (
                    call, KpiRecount.Of(call, visit.QueuedAt, visit.Queue, visit.Agent, 0),
                    !inbound.Exists(other => other.Received.OccurredAt < at && other.Received.OccurredAt >= at - window),
                    inbound.Exists(other => other.Id != call.Id && other.Received.OccurredAt > at && other.Received.OccurredAt <= end + window));
            }
        }
    }
}
