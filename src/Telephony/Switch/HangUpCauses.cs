namespace CallCenter.Telephony;

/// <summary>What a cause means on the wire.</summary>
internal static class HangUpCauses
{
    /// <summary>The final response for a call not yet answered.</summary>
    public static (int Status, string Reason) ToResponse(this HangUpCause cause) => cause switch
    {
        HangUpCause.Busy => (486, "Busy Here"),
        HangUpCause.Declined => (603, "Decline"),
        HangUpCause.Failure => (503, "Service Unavailable"),
        _ => (480, "Temporarily Unavailable"),
    };

    /// <summary>The Reason header of BYE and CANCEL (RFC 3326, ITU-T Q.850).</summary>
    public static string ToReasonHeader(this HangUpCause cause) => cause switch
    {
        HangUpCause.Busy => "Q.850;cause=17",
        HangUpCause.Declined => "Q.850;cause=21",
        HangUpCause.Failure => "Q.850;cause=41",
        _ => "Q.850;cause=16",
    };
}
