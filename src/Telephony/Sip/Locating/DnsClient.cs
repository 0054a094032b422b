using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>What is known of a name and type.</summary>
/// <param name="IsKnown">False when no server could be asked.</param>
/// <param name="Records">Of the type; aliases have been followed. Empty when there are none.</param>
internal sealed record DnsAnswer(bool IsKnown, IReadOnlyList<DnsRecord> Records)
{
    public static readonly DnsAnswer Unknown = new(IsKnown: false, []);
}

/// <summary>Asks recursive servers, by UDP and, where an answer does not fit, by TCP (RFC 1035 section 4.2), and remembers answers for as long as they say. Never throws for what a server does.</summary>
/// <param name="servers">Asked in this order.</param>
/// <param name="time">For time-outs and the ages of answers.</param>
/// <param name="logger">Told what fails.</param>
internal sealed partial class DnsClient(IReadOnlyList<IPEndPoint> servers, TimeProvider time, ILogger logger)
{
    private const int Rounds = 2;
    private const int MostAliases = 8;
    private const int MostRemembered = 10_000;
    private const int MostBytes = 65_535;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestMemory = TimeSpan.FromHours(1);
    private static readonly TimeSpan AbsenceWithoutZone = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Name, DnsType Type), (DnsAnswer Answer, DateTimeOffset Until)> _memory = new();
    private readonly ILogger _logger = logger;

    public async Task<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken cancellationToken)
    {
        var key = (name.TrimEnd('.').ToLowerInvariant(), type);
        if (_memory.TryGetValue(key, out var remembered) && remembered.Until > time.GetUtcNow())
        {
            return remembered.Answer;
        }

        List<DnsRecord> records = [];
        var shortest = LongestMemory;
        var owner = key.Item1;
        for (var aliases = 0; aliases <= MostAliases; aliases++)
        {
            if (await AskServersAsync(owner, type, cancellationToken) is not { } message)
            {
                return DnsAnswer.Unknown;
            }

            var end = Follow(message, owner, ref shortest);
            records.AddRange(message.Answers.Where(record => TypeOf(record) == type && IsSame(record.Name, end)));
            if (records.Count > 0 || IsSame(end, owner) || message.Status == DnsStatus.NameError)
            {
                shortest = Shorter(shortest, records.Count > 0 ? records.Min(record => record.TimeToLive) : AbsenceOf(message));
                break;
            }

            owner = end;
        }

        var answer = new DnsAnswer(IsKnown: true, records);
        Remember(key, answer, shortest);
        return answer;
    }

    private static bool IsSame(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static DnsType TypeOf(DnsRecord record) => record switch
    {
        AddressRecord { Address.AddressFamily: AddressFamily.InterNetwork } => DnsType.A,
        AddressRecord => DnsType.Aaaa,
        ServiceRecord => DnsType.Srv,
        PointerRecord => DnsType.Naptr,
        AliasRecord => DnsType.Cname,
        _ => DnsType.Soa,
    };

    // The name at the end of the aliases that the answer holds.
    private static string Follow(DnsMessage message, string name, ref TimeSpan shortest)
    {
        for (var aliases = 0; aliases < MostAliases && message.Answers.OfType<AliasRecord>().FirstOrDefault(alias => IsSame(alias.Name, name)) is { } found; aliases++)
        {
            name = found.Target;
            shortest = Shorter(shortest, found.TimeToLive);
        }

        return name;
    }

    // RFC 2308 section 5.
    private static TimeSpan AbsenceOf(DnsMessage message) =>
        message.Authority.OfType<ZoneRecord>().FirstOrDefault() is { } zone ? Shorter(zone.Minimum, zone.TimeToLive) : AbsenceWithoutZone;

    private void Remember((string Name, DnsType Type) key, DnsAnswer answer, TimeSpan duration)
    {
        if (_memory.Count >= MostRemembered)
        {
            _memory.Clear();
        }

        if (duration > TimeSpan.Zero)
        {
            _memory[key] = (answer, time.GetUtcNow() + duration);
        }
    }

    private async Task<DnsMessage?> AskServersAsync(string name, DnsType type, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                using var patience = new CancellationTokenSource(Patience, time);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                try
                {
                    // A new socket has a new port, which together with the id is what a forger has to guess.
                    var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
                    if (!DnsMessage.TryWriteQuery(id, name, type, out var query))
                    {
                        return null;
                    }

                    var message = await AskByUdpAsync(server, query, id, name, type, limit.Token);
                    message = message.IsTruncated ? await AskByTcpAsync(server, query, id, name, type, limit.Token) : message;
                    if (message?.Status is DnsStatus.Success or DnsStatus.NameError)
                    {
                        return message;
                    }

                    LogUseless(server, name, type);
                }
                catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    LogFailed(server, name, type, e.Message);
                }
            }
        }

        return null;
    }

    // Anything that is not the answer is passed over: it may be late, or forged.
    private static async Task<DnsMessage> AskByUdpAsync(IPEndPoint server, byte[] query, ushort id, string name, DnsType type, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(query, cancellationToken);
        var buffer = new byte[MostBytes];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (DnsMessage.TryParse(buffer.AsSpan(0, length), out var message) && IsAnswer(message, id, name, type))
            {
                return message;
            }
        }
    }

    private static async Task<DnsMessage?> AskByTcpAsync(IPEndPoint server, byte[] query, ushort id, string name, DnsType type, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed.AsSpan(2));
        await stream.WriteAsync(framed, cancellationToken);
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return DnsMessage.TryParse(answer, out var message) && IsAnswer(message, id, name, type) ? message : null;
    }

    private static bool IsAnswer(DnsMessage message, ushort id, string name, DnsType type) => message.Id == id && message.Type == type && IsSame(message.Name, name);

    [LoggerMessage(Level = LogLevel.Debug, Message = "DNS server {Server} has no answer for {Name} {Type}")]
    private partial void LogUseless(IPEndPoint server, string name, DnsType type);

    [LoggerMessage(Level = LogLevel.Debug, Message = "DNS server {Server} could not be asked for {Name} {Type}: {Error}")]
    private partial void LogFailed(IPEndPoint server, string name, DnsType type, string error);
}
