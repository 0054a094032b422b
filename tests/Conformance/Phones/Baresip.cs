using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>A baresip process, driven over its control port. It answers every call, says a tone from a file, and records what it hears.</summary>
internal sealed class Baresip : IAsyncDisposable
{
    /// <summary>It ends by itself then: nothing outlives a test run.</summary>
    private const int LongestRunSeconds = 180;

    private readonly List<JsonElement> _events = [];
    private readonly PhoneProcess _process;
    private readonly TcpClient _control = new();
    private readonly int _controlPort = FreePorts.Tcp();
    private Task _listening = Task.CompletedTask;

    private Baresip(string account, int tone) => _process = new PhoneProcess("baresip", folder =>
    {
        // It listens for UDP and TCP on the first port and for TLS on the next one.
        var sip = FreePorts.UdpRange(6);
        var files = PhoneProcess.PrefixOf("baresip");
        WavFile.WriteTone(Path.Combine(folder, "tone.wav"), tone, TimeSpan.FromMinutes(2));
        File.WriteAllText(Path.Combine(folder, "accounts"), $"{account}\n");
        File.WriteAllText(Path.Combine(folder, "contacts"), "");
        File.WriteAllText(Path.Combine(folder, "config"), $"""
            module_path {files}/lib/baresip/modules
            audio_path {files}/share/baresip
            sip_listen 127.0.0.1:{sip}
            net_interface 127.0.0.1
            rtp_ports {sip + 2}-{sip + 5}
            audio_source aufile,{folder}/tone.wav
            audio_player aubridge,nobody
            audio_alert aubridge,nobody
            snd_path {folder}
            ctrl_tcp_listen 127.0.0.1:{_controlPort}
            module g711.so
            module aufile.so
            module aubridge.so
            module sndfile.so
            module srtp.so
            module_app account.so
            module_app menu.so
            module_app ctrl_tcp.so

            """);
        return ["-f", folder, "-s", "-t", $"{LongestRunSeconds}"];
    });

    /// <summary>Starts one that only calls.</summary>
    public static Task<Baresip> StartAsync(IPEndPoint server, string number, int tone, string transport = "udp") =>
        StartAsync($"<sip:{number}@{server};transport={transport}>;regint=0;answermode=auto", tone);

    /// <summary>Starts one that registers, and waits until it is.</summary>
    public static async Task<Baresip> RegisterAsync(IPEndPoint server, string extension, string password, int tone, string transport = "udp", string options = "")
    {
        var phone = await StartAsync($"<sip:{extension}@{server};transport={transport}>;auth_user={extension};auth_pass={password};regint=60;answermode=auto{options}", tone);
        await phone._process.WritesAsync("200 OK ()");
        return phone;
    }

    /// <summary>Runs a command of its menu.</summary>
    public async Task CommandAsync(string command, string parameters = "")
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { command, @params = parameters, token = command });
        await _control.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{json.Length}:")));
        await _control.GetStream().WriteAsync(json);
        await _control.GetStream().WriteAsync(","u8.ToArray());
    }

    /// <summary>Waits for an event, by its type and, when given, its parameter.</summary>
    public Task HappensAsync(string type, string? parameter = null) => Eventually.BecomesAsync(
        Events, events => events.Exists(e => e.Type == type && (parameter is null || e.Parameter == parameter)), $"baresip says {type} {parameter}");

    /// <summary>Events so far, in their order.</summary>
    public List<(string Type, string? Parameter)> Events()
    {
        lock (_events)
        {
            return [.. _events.Select(e => (e.GetProperty("type").GetString()!, e.TryGetProperty("param", out var parameter) ? parameter.GetString() : null))];
        }
    }

    /// <summary>Waits until nearly all of the last half second is a tone.</summary>
    public Task HearsToneAsync(int frequency) => Eventually.BecomesAsync(() => Sound.ShareOf(HeardLast(), frequency), share => share > 0.9, $"baresip hears {frequency} Hz");

    /// <summary>Waits until there is sound, and it is not this tone.</summary>
    public Task HearsOtherThanAsync(int frequency) => Eventually.BecomesAsync(
        () => HeardLast() is var last ? (Share: Sound.ShareOf(last, frequency), Level: Sound.Level(last)) : default, heard => heard.Share < 0.1 && heard.Level > 0.02, $"baresip hears other than {frequency} Hz");

    /// <summary>Switches the phone off: it takes its registration back.</summary>
    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _control.Dispose();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private static async Task<Baresip> StartAsync(string account, int tone)
    {
        var phone = new Baresip(account, tone);
        await phone._process.WritesAsync("baresip is ready");
        await phone._control.ConnectAsync(IPAddress.Loopback, phone._controlPort);
        phone._listening = Task.Run(phone.Listen);
        return phone;
    }

    // The last half second of its first call, as far as it is written down.
    private short[] HeardLast() =>
        Directory.GetFiles(_process.Folder, "dump-*-dec.wav").Order(StringComparer.Ordinal).FirstOrDefault() is { } file ? WavFile.ReadLast(file, TimeSpan.FromMilliseconds(500)) : [];

    // Netstrings: a length, a colon, that much JSON, a comma.
    private void Listen()
    {
        using var reader = new BinaryReader(_control.GetStream());
        while (true)
        {
            var length = 0;
            for (var digit = reader.ReadByte(); digit != ':'; digit = reader.ReadByte())
            {
                length = (10 * length) + digit - '0';
            }

            using var json = JsonDocument.Parse(reader.ReadBytes(length));
            reader.ReadByte();
            if (json.RootElement.TryGetProperty("event", out _))
            {
                lock (_events)
                {
                    _events.Add(json.RootElement.Clone());
                }
            }
        }
    }
}
