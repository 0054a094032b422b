using CallCenter.Telephony;

namespace CallCenter.Api.Hosting;

/// <summary>The figures of the telephony of this process.</summary>
/// <param name="telephony">Null where there is none.</param>
internal sealed class TelephonyReader(Switch? telephony)
{
    public TelephonyFigures? Read() => telephony?.Figures();
}
