using System.Globalization;
using System.Net;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>A linphonec process, driven by what a person would type. It answers every call, says a tone from a file when told to, and records what it hears.</summary>
internal sealed class Linphone : IAsyncDisposable
{
    private readonly PhoneProcess _process;

    private Linphone(IPEndPoint server, string number, string? password, int tone, string transport) => _process = new PhoneProcess("linphonec", folder =>
    {
        var port = FreePorts.UdpRange(4);
        WavFile.WriteTone(Path.Combine(folder, "tone.wav"), tone, TimeSpan.FromMinutes(2));
        Directory.CreateDirectory(Path.Combine(folder, ".local", "share", "linphone"));

        // Its grammars are looked for in /usr/share and in share where it runs; an unpacked package has them elsewhere.
        Directory.CreateSymbolicLink(Path.Combine(folder, "share"), Path.Combine(PhoneProcess.PrefixOf("linphonec"), "share"));
        File.WriteAllText(Path.Combine(folder, "rc"), $"""
            [sip]
            sip_port={(transport == "udp" ? port : -1)}
            sip_tcp_port={(transport == "tcp" ? port : -1)}
            sip_tls_port={(transport == "tls" ? port : -1)}
            bind_address=127.0.0.1
            guess_hostname=0
            contact=sip:{number}@127.0.0.1
            default_proxy=0
            verify_server_certs=0
            verify_server_cn=0
            [rtp]
            audio_rtp_port={port + 2}
            bind_address=127.0.0.1
            [sound]
            echocancellation=0
            [proxy_0]
            reg_proxy=<sip:{server};transport={transport}>
            reg_identity=sip:{number}@{server.Address}
            reg_expires=60
            reg_sendregister={(password is null ? 0 : 1)}
            publish=0
            [auth_info_0]
            username={number}
            passwd={password}
            realm=callcenter

            """);
        return ["-c", Path.Combine(folder, "rc"), "-d", "6", "-l", Path.Combine(folder, "log")];
    });

    /// <summary>Starts one that only calls.</summary>
    public static Task<Linphone> StartAsync(IPEndPoint server, string number, int tone, string transport = "udp") =>
        StartAsync(new Linphone(server, number, password: null, tone, transport));

    /// <summary>Starts one that registers.</summary>
    public static Task<Linphone> RegisterAsync(IPEndPoint server, string extension, string password, int tone, string transport = "udp") =>
        StartAsync(new Linphone(server, extension, password, tone, transport));

    public Task TypeAsync(string line) => _process.TypeAsync(line);

    public Task WritesAsync(string text) => _process.WritesAsync(text);

    /// <summary>Says its tone from now on, once its sound is up; after a hold it goes on by itself.</summary>
    public async Task SpeakAsync()
    {
        await _process.WritesAsync("Media streams established");
        await TypeAsync($"play {Path.Combine(_process.Folder, "tone.wav")}");
    }

    /// <summary>Waits until nearly all of the last half second is a tone.</summary>
    public Task HearsToneAsync(int frequency) => Eventually.BecomesAsync(
        () => Sound.ShareOf(HeardLast(), frequency), share => share > 0.9, string.Create(CultureInfo.InvariantCulture, $"linphonec hears {frequency} Hz"));

    /// <summary>Waits until there is sound, and it is not this tone.</summary>
    public Task HearsOtherThanAsync(int frequency) => Eventually.BecomesAsync(
        () => HeardLast() is var last ? (Share: Sound.ShareOf(last, frequency), Level: Sound.Level(last)) : default,
        heard => heard.Share < 0.1 && heard.Level > 0.02, string.Create(CultureInfo.InvariantCulture, $"linphonec hears other than {frequency} Hz"));

    /// <summary>Switches the phone off: it takes its registration back.</summary>
    public Task StopAsync() => _process.StopAsync("quit");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private static async Task<Linphone> StartAsync(Linphone phone)
    {
        await phone.TypeAsync("soundcard use files");
        await phone.TypeAsync($"record {Path.Combine(phone._process.Folder, "heard.wav")}");
        await phone.TypeAsync("autoanswer enable");
        return phone;
    }

    private short[] HeardLast() => Path.Combine(_process.Folder, "heard.wav") is var file && File.Exists(file) ? WavFile.ReadLast(file, TimeSpan.FromMilliseconds(500)) : [];
}
