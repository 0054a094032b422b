using System.Globalization;
using System.Net;

using CallCenter.Telephony;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Sip.Bench;

/// <summary>What runs in the measured process: a switch that answers every call at once, and nothing else of the product.</summary>
internal static class Answering
{
    /// <summary>Prints its SIP port, then for each line read the bytes that live objects take, until standard input ends.</summary>
    public static async Task RunAsync()
    {
        await using var @switch = new Switch(
            new SwitchOptions
            {
                Bind = IPAddress.Loopback,
                SipPort = 0,
                RtpPorts = new PortRange(10000, 31999),
                Trunks = [new Trunk { Name = "bench", Networks = [new IPNetwork(IPAddress.Loopback, 32)] }],
            },
            new NoAccounts(), TimeProvider.System, NullLoggerFactory.Instance);
        await @switch.StartAsync(CancellationToken.None);
        var answering = Task.Run(async () =>
        {
            await foreach (var notification in @switch.Notifications.ReadAllAsync())
            {
                if (notification is IncomingCall incoming)
                {
                    @switch.Answer(incoming.Leg);
                }
            }
        });
        Console.WriteLine(@switch.SipEndPoint.Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture));
        }

        await @switch.DisposeAsync();
        await answering;
    }

    private sealed class NoAccounts : IAccounts
    {
        public SipAccount? Find(string extension) => null;
    }
}
