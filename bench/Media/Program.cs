using System.Diagnostics;
using System.Globalization;
using System.Net;
using CallCenter.Media.Bench;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using Microsoft.Extensions.Logging.Abstractions;

// Bridged G.711 calls, both ways, every packet every 20 ms, as phones send them. The phones run in this process too, on threads whose
// CPU time is known and taken off, so what is printed is the relay's own cost.
// Arguments: calls (default 100) and seconds (default 10); "pcma" as third has every packet transcoded.
var calls = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
var farCodec = args.Contains("pcma", StringComparer.Ordinal) ? 8 : 0;

await using var engine = new MediaEngine(IPAddress.Loopback, new PortRange(20000, 29999), TimeProvider.System, NullLogger.Instance);
var phones = new Phone[calls * 2];
for (var i = 0; i < calls; i++)
{
    var caller = engine.CreateLeg();
    var agent = engine.CreateLeg();
    phones[2 * i] = new Phone(caller, 0);
    phones[(2 * i) + 1] = new Phone(agent, farCodec);
    caller.Bridge(agent);
}

using var load = new Load(phones);
await load.RunAsync(TimeSpan.FromSeconds(1));
GC.Collect();
var sentBefore = phones.Sum(p => p.Leg.Statistics.PacketsSent);
var receivedBefore = phones.Sum(p => p.Leg.Statistics.PacketsReceived);
var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
var loadBefore = load.Cpu;
var offered = await load.RunAsync(TimeSpan.FromSeconds(seconds));
var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore - (load.Cpu - loadBefore);
var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
var relayed = phones.Sum(p => p.Leg.Statistics.PacketsSent) - sentBefore;
var received = phones.Sum(p => p.Leg.Statistics.PacketsReceived) - receivedBefore;

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
    calls                    {calls} bridged, both ways, {(farCodec == 0 ? "PCMU to PCMU" : "PCMU to PCMA, transcoded")}
    packets offered          {offered:N0}
    packets received         {received:N0}
    packets relayed          {relayed:N0} ({100.0 * (offered - relayed) / offered:F3} % lost)
    relay CPU                {cpu.TotalSeconds / seconds:F3} cores, {cpu.TotalSeconds / seconds / calls * 100:F3} per 100 calls
    relayed per core         {relayed / cpu.TotalSeconds:N0} packets/s, {cpu.TotalMicroseconds / relayed:F2} us a packet
    allocated                {(double)allocated / relayed:F3} bytes a packet
    """));
