namespace CallCenter.Telephony.Sip;

/// <summary>Method names. They are case-sensitive (RFC 3261 section 7.1).</summary>
public static class SipMethods
{
    public const string Invite = "INVITE";
    public const string Ack = "ACK";
    public const string Bye = "BYE";
    public const string Cancel = "CANCEL";
    public const string Options = "OPTIONS";
    public const string Register = "REGISTER";

    /// <summary>The text of a method; one shared string for each method that phones commonly send.</summary>
    public static string Text(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("INVITE"u8) => Invite,
        _ when method.SequenceEqual("ACK"u8) => Ack,
        _ when method.SequenceEqual("BYE"u8) => Bye,
        _ when method.SequenceEqual("CANCEL"u8) => Cancel,
        _ when method.SequenceEqual("OPTIONS"u8) => Options,
        _ when method.SequenceEqual("REGISTER"u8) => Register,
        _ => System.Text.Encoding.ASCII.GetString(method),
    };
}
