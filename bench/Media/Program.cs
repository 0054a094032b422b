using System.Diagnostics;
using System.Globalization;
using System.Net;
using CallCenter.Media.Bench;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using Microsoft.Extensions.Logging.Abstractions;

// Bridged G.711 calls, both ways, every packet every 20 ms, as phones send them. The phones run in this process too, on threads whose
// CPU time is known and taken off, so what is printed is the relay's own cost.
// Arguments: calls (default 100) and seconds (default 10); as third what is done with them beside relaying: "pcma" and "g722" have every packet transcoded,
// "record" has every call recorded in two channels, "conference" has a supervisor listen to every call, so that all is mixed.
var calls = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
var mode = args.Length > 2 ? args[2] : "relay";
var farCodec = mode switch { "pcma" => 8, "g722" => 9, _ => 0 };
var legs = mode == "conference" ? 3 : 2;
var folder = Directory.CreateTempSubdirectory("recordings").FullName;

var failures = 0;
await using var engine = new MediaEngine(IPAddress.Loopback, new PortRange(20000, 29999), TimeProvider.System, NullLogger.Instance);
var phones = new Phone[calls * legs];
for (var i = 0; i < calls; i++)
{
    var caller = engine.CreateLeg();
    var agent = engine.CreateLeg();
    phones[legs * i] = new Phone(caller, 0);
    phones[(legs * i) + 1] = new Phone(agent, farCodec);
    caller.Bridge(agent);
    if (mode == "conference")
    {
        var supervisor = engine.CreateLeg();
        phones[(legs * i) + 2] = new Phone(supervisor, 0);
        supervisor.Supervise(agent, SupervisionMode.Listen, TimeProvider.System);
    }
    else if (mode == "record")
    {
        engine.Recorder.Start(new RecordingId(Guid.NewGuid()), Path.Combine(folder, $"{i}.wav"), [caller, agent], finished => failures += finished.Failure is null ? 0 : 1);
    }
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
    calls                    {calls} bridged, both ways, {mode}
    packets offered          {offered:N0}
    packets received         {received:N0}
    packets relayed          {relayed:N0} ({100.0 * (offered - relayed) / offered:F3} % lost)
    relay CPU                {cpu.TotalSeconds / seconds:F3} cores, {cpu.TotalSeconds / seconds / calls * 100:F3} per 100 calls
    relayed per core         {relayed / cpu.TotalSeconds:N0} packets/s, {cpu.TotalMicroseconds / relayed:F2} us a packet
    allocated                {(double)allocated / relayed:F3} bytes a packet
    """));

await engine.DisposeAsync();
if (mode == "record")
{
    var bytes = Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recordings               {bytes / 1e6:F1} MB on disk, {bytes / 1e3 / calls / (seconds + 1):F1} kB a call and second, {failures} not whole"));
}

Directory.Delete(folder, recursive: true);
