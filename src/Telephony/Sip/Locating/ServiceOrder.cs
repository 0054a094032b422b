namespace CallCenter.Telephony.Sip;

/// <summary>The order in which SRV records are to be tried (RFC 2782): by priority, and among equals at random by their weights.</summary>
internal static class ServiceOrder
{
    /// <param name="records">Any number.</param>
    /// <param name="random">Gives a number from 0 to its argument, that one included.</param>
    public static IReadOnlyList<ServiceRecord> Of(IEnumerable<ServiceRecord> records, Func<int, int> random)
    {
        List<ServiceRecord> ordered = [];
        foreach (var equals in records.GroupBy(record => record.Priority).OrderBy(group => group.Key))
        {
            // Those of weight 0 come first, so that they have a small chance where others weigh something.
            var left = equals.OrderBy(record => record.Weight).ToList();
            while (left.Count > 0)
            {
                var drawn = random(left.Sum(record => record.Weight));
                var index = 0;
                for (var sum = (int)left[0].Weight; sum < drawn; sum += left[index].Weight)
                {
                    index++;
                }

                ordered.Add(left[index]);
                left.RemoveAt(index);
            }
        }

        return ordered;
    }
}
