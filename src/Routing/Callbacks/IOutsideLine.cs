namespace CallCenter.Routing.Callbacks;

/// <summary>Where a number outside is dialled.</summary>
public interface IOutsideLine
{
    /// <summary>The trunk's name and what is dialled there; null when there is no way to the number.</summary>
    (string Trunk, string Number)? RouteOf(string number);
}
