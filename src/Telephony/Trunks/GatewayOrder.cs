namespace CallCenter.Telephony;

/// <summary>In which order gateways are tried: by priority, and within one priority by chance in proportion to weight (as RFC 2782 has it for servers).</summary>
internal static class GatewayOrder
{
    /// <param name="all">The gateways that can be tried.</param>
    /// <param name="gatewayOf">What priority and weight are read from.</param>
    /// <param name="below">A random number from 0 to below its argument, which is 1 or more.</param>
    public static IEnumerable<T> Of<T>(IEnumerable<T> all, Func<T, Gateway> gatewayOf, Func<int, int> below)
    {
        foreach (var equals in all.GroupBy(item => gatewayOf(item).Priority).OrderBy(group => group.Key))
        {
            // Those of weight 0 come first in the list, and so have a small chance beside the others.
            var left = equals.OrderBy(item => gatewayOf(item).Weight > 0).ToList();
            while (left.Count > 0)
            {
                var mark = below(left.Sum(item => gatewayOf(item).Weight) + 1);
                var sum = 0;
                var index = left.FindIndex(item => (sum += gatewayOf(item).Weight) >= mark);
                yield return left[index];
                left.RemoveAt(index);
            }
        }
    }
}
