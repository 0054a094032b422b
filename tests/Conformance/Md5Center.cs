using CallCenter.Driving;

namespace CallCenter.Conformance.Tests;

/// <summary>A center for peers that give up on any challenge that also offers SHA-256: baresip 1.0 and JsSIP 3.13 (adr/0025).</summary>
public sealed class Md5Center() : SharedCenter(("CALLCENTER_SIP_DIGEST", "md5"));
