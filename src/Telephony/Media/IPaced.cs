namespace CallCenter.Telephony.Media;

/// <summary>Has something to do every 20 ms while it lives.</summary>
internal interface IPaced
{
    /// <summary>Does the work of one tick, on the player's thread.</summary>
    /// <param name="afterSkip">Ticks were left out before this one.</param>
    /// <returns>False when no more ticks are wanted.</returns>
    bool Tick(bool afterSkip);
}
