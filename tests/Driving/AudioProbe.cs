using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Driving;

/// <summary>The ear and mouth of a phone whose SIP is done by SIPp: an RTP socket that keeps what it hears and, when it has a tone, sends that to where SIPp says, and then to where it hears from.</summary>
internal sealed class AudioProbe : IAsyncDisposable
{
    private const int SamplesPerPacket = 160;
    private const int RtpHeaderBytes = 12;
    private const int TelephoneEvents = 101;
    private static readonly byte[] WhereToSpeak = "speak to "u8.ToArray();
    private static readonly TimeSpan HalfSecond = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(20);

    private readonly UdpClient _socket;
    private readonly List<short> _heard = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _listening;
    private readonly Task _speaking;
    private readonly uint _eventSource = (uint)Random.Shared.Next();
    private uint _eventTimestamp = 8_000;
    private ushort _eventSequence;
    private IPEndPoint? _peer;
    private int _packets;
    private int _answered;

    /// <param name="payloadType">What it speaks: <see cref="G711.Pcmu"/> or <see cref="G711.Pcma"/>.</param>
    /// <param name="tone">In Hz, a multiple of 50; null to say nothing.</param>
    public AudioProbe(int payloadType = G711.Pcmu, int? tone = null)
    {
        Port = FreePorts.Udp();
        PayloadType = payloadType;
        _socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, Port));
        _listening = ListenAsync(_stop.Token);
        _speaking = tone is { } frequency ? Task.Factory.StartNew(() => Speak(frequency, _stop.Token), default, TaskCreationOptions.LongRunning, TaskScheduler.Default) : Task.CompletedTask;
    }

    public int Port { get; }

    public int PayloadType { get; }

    /// <summary>Everything heard so far, in the order in which it came.</summary>
    public short[] Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>What was heard last.</summary>
    public short[] Last(TimeSpan time)
    {
        var heard = Heard;
        return heard[Math.Max(0, heard.Length - (int)(time.TotalSeconds * Sound.SampleRate))..];
    }

    /// <summary>Waits until a while of sound has come in.</summary>
    public Task HearsForAsync(TimeSpan time) =>
        BecomesAsync(() => Heard.Length / (double)Sound.SampleRate, heard => heard >= time.TotalSeconds, $"{time.TotalSeconds} s of audio are heard");

    /// <summary>Waits until nearly all of half a second is a tone, and loud: the last half second, and not what was heard before the last key.</summary>
    public Task HearsToneAsync(int frequency) => BecomesAsync(
        () => Last(HalfSecond) is var last && Heard.Length - _answered >= last.Length ? (Share: Sound.ShareOf(last, frequency), Level: Sound.Level(last)) : default,
        heard => heard.Share > 0.9 && heard.Level > 0.1, $"the tone of {frequency} Hz is heard");

    /// <summary>Presses keys by telephone events (RFC 4733, payload type 101), one after the other.</summary>
    /// <param name="keys">0 to 9, * and #.</param>
    public async Task PressAsync(string keys)
    {
        var peer = await Eventually.BecomesAsync(() => _peer, peer => peer is not null, "it is known where the keys go");
        var packet = new byte[RtpHeaderBytes + 4];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _eventSource);
        foreach (var key in keys)
        {
            // Six packets of 20 ms, the last of them with the end bit and three times, then a pause: all begin at the timestamp of the key.
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _eventTimestamp);
            packet[RtpHeaderBytes] = (byte)"0123456789*#".IndexOf(key, StringComparison.Ordinal);
            for (var i = 1; i <= 8; i++)
            {
                packet[1] = (byte)((i == 1 ? 0x80 : 0) | TelephoneEvents);
                packet[RtpHeaderBytes + 1] = (byte)((i >= 6 ? 0x80 : 0) | 10);
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _eventSequence++);
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(RtpHeaderBytes + 2), (ushort)(Math.Min(i, 6) * SamplesPerPacket));
                await _socket.SendAsync(packet, peer!);
                await Task.Delay(PacketTime);
            }

            _eventTimestamp += 20 * SamplesPerPacket;
            await Task.Delay(PacketTime);
        }

        _answered = Heard.Length;
    }

    /// <summary>Presses keys by their tones (ITU-T Q.23), as a phone without telephone events does; for a probe that says nothing else.</summary>
    /// <param name="keys">0 to 9, * and #.</param>
    public async Task PressByTonesAsync(string keys)
    {
        const string Keypad = "123456789*0#";
        int[] rows = [697, 770, 852, 941];
        int[] columns = [1_209, 1_336, 1_477];
        var peer = await Eventually.BecomesAsync(() => _peer, peer => peer is not null, "it is known where the keys go");
        var packet = new byte[RtpHeaderBytes + SamplesPerPacket];
        packet[0] = 0x80;
        packet[1] = (byte)PayloadType;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _eventSource);
        foreach (var key in keys)
        {
            var place = Keypad.IndexOf(key, StringComparison.Ordinal);

            // 100 ms of both tones, then as much silence.
            for (var i = 0; i < 10 * SamplesPerPacket; i++)
            {
                var turns = 2 * Math.PI * i / Sound.SampleRate;
                var sample = i < 5 * SamplesPerPacket ? 6_000 * (Math.Sin(rows[place / 3] * turns) + Math.Sin(columns[place % 3] * turns)) : 0;
                packet[RtpHeaderBytes + (i % SamplesPerPacket)] = G711.Encode(PayloadType, (short)sample);
                if ((i + 1) % SamplesPerPacket == 0)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _eventSequence++);
                    BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _eventTimestamp += SamplesPerPacket);
                    await _socket.SendAsync(packet, peer!);
                    await Task.Delay(PacketTime);
                }
            }
        }

        _answered = Heard.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_listening, _speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _stop.Dispose();
        ThrowIfFailed();
    }

    private void ThrowIfFailed()
    {
        foreach (var task in (Task[])[_listening, _speaking])
        {
            if (task.IsFaulted)
            {
                task.GetAwaiter().GetResult();
            }
        }
    }

    private Task BecomesAsync<T>(Func<T> read, Func<T, bool> wanted, string what) => Eventually.BecomesAsync(
        () =>
        {
            // Whoever cannot hear would wait in vain: why it cannot is what has to be told.
            ThrowIfFailed();
            return (Seen: read(), Packets: _packets, From: _peer);
        },
        seen => wanted(seen.Seen), $"at port {Port}, {what}");

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            UdpReceiveResult packet;
            try
            {
                packet = await _socket.ReceiveAsync(cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The other side has closed its port; it may open another one.
                continue;
            }

            // A word of SIPp's, who has read where the other side wants to hear, is no RTP.
            if (packet.Buffer.AsSpan().StartsWith(WhereToSpeak))
            {
                _peer = new IPEndPoint(IPAddress.Loopback, int.Parse(packet.Buffer.AsSpan(WhereToSpeak.Length), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture));
                continue;
            }

            var payloadType = packet.Buffer[1] & 0x7F;
            var start = RtpHeaderBytes + (4 * (packet.Buffer[0] & 0x0F));
            _peer = packet.RemoteEndPoint;
            _packets++;
            lock (_heard)
            {
                foreach (var code in packet.Buffer.AsSpan(start))
                {
                    _heard.Add(G711.Decode(payloadType, code));
                }
            }
        }
    }

    // On a thread of its own: where the machine is busy, the pool's threads may come late by more than any phone does.
    private void Speak(int frequency, CancellationToken cancellationToken)
    {
        var packet = new byte[RtpHeaderBytes + SamplesPerPacket];
        packet[0] = 0x80;
        packet[1] = (byte)PayloadType;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)Random.Shared.Next());
        for (var i = 0; i < SamplesPerPacket; i++)
        {
            // Any multiple of 50 Hz ends where it began: all packets hold the same sound.
            packet[RtpHeaderBytes + i] = G711.Encode(PayloadType, (short)(10_000 * Math.Sin(2 * Math.PI * frequency * i / Sound.SampleRate)));
        }

        var clock = Stopwatch.StartNew();
        for (var sent = 0; !cancellationToken.IsCancellationRequested; Thread.Sleep(PacketTime / 4))
        {
            // A late turn brings what was due meanwhile.
            for (; sent < clock.Elapsed / PacketTime; sent++)
            {
                if (_peer is { } peer)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sent);
                    BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(sent * SamplesPerPacket));
                    try
                    {
                        _socket.Send(packet, peer);
                    }
                    catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
                    {
                        // The other side has closed its port; it may open another one.
                    }
                }
            }
        }
    }
}
