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
    public const string Prack = "PRACK";
    public const string Update = "UPDATE";
    public const string Info = "INFO";
    public const string Refer = "REFER";
    public const string Notify = "NOTIFY";

    /// <summary>The text of a method; one shared string for each method that phones commonly send.</summary>
    public static string Text(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("INVITE"u8) => Invite,
        _ when method.SequenceEqual("ACK"u8) => Ack,
        _ when method.SequenceEqual("BYE"u8) => Bye,
        _ when method.SequenceEqual("CANCEL"u8) => Cancel,
        _ when method.SequenceEqual("OPTIONS"u8) => Options,
        _ when method.SequenceEqual("REGISTER"u8) => Register,
        _ when method.SequenceEqual("PRACK"u8) => Prack,
        _ when method.SequenceEqual("UPDATE"u8) => Update,
        _ when method.SequenceEqual("INFO"u8) => Info,
        _ when method.SequenceEqual("REFER"u8) => Refer,
        _ when method.SequenceEqual("NOTIFY"u8) => Notify,
        _ => System.Text.Encoding.ASCII.GetString(method),
    };
}
