using System.Net;

using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>What is to become of a request.</summary>
internal enum Admission
{
    Taken,

    /// <summary>The source asks for more than it may have: 503, which it is told once a minute.</summary>
    TooMuch,

    /// <summary>Not even an answer.</summary>
    Silence,
}

/// <summary>
/// Stands between the network and the transactions: limits what a source may have, notes what it does wrong, and blocks who goes on with it (adr/0023).
/// Belongs to the loop, but for what says otherwise.
/// </summary>
/// <param name="loop">Whose timers end the blocks.</param>
/// <param name="time">The clock.</param>
/// <param name="phones">Where phones are registered from.</param>
/// <param name="isTrunk">Whether an address is a trusted trunk's; any thread.</param>
/// <param name="blocked">Told of a block that the guard itself has made.</param>
/// <param name="expired">Told of any block that has ended by itself.</param>
/// <param name="logger">For blocks.</param>
internal sealed partial class SipGuard(
    SipLoop loop, TimeProvider time, RegisteredSources phones, Func<IPAddress, bool> isTrunk, Action<Block> blocked, Action<Block> expired, ILogger logger)
{
    /// <summary>Bytes a minute that a source gets over UDP beyond what it sent, before it has proved anything: room for the challenges of a few phones.</summary>
    public const int FreeBytes = 4_096;

    private const double FreeBytesPerSecond = FreeBytes / 60.0;
    private const double ProvenSeconds = 600;
    private const double TellEverySeconds = 60;

    // An attacker who forges sources must not make an event of each: beyond this rate, offenders get silence instead of a block.
    private const int NewBlocksAtOnce = 100;
    private const double NewBlocksPerSecond = 1;
    private const int BlocksAtMost = 10_000;

    private readonly SourceTable _sources = new();
    private readonly WaitingShares _waiting = new();
    private readonly long _epoch = time.GetTimestamp();
    private TokenBucket _newBlocks = new(NewBlocksAtOnce, 0);

    /// <summary>Who is not listened to.</summary>
    public BlockList Blocks { get; } = new(loop, time, expired);

    /// <summary>Sources that a record is kept of.</summary>
    public int Sources => _sources.Count;

    private double Now => time.GetElapsedTime(_epoch).TotalSeconds;

    /// <summary>Whether a datagram or connection is to be looked at at all; a trunk's is, even when its /64 neighbours are blocked. Any thread.</summary>
    public bool Listens(IPAddress source) => !Blocks.Contains(source) || isTrunk(source);

    /// <summary>Takes a place in the loop's queue; false when the source has as many as it may. Any thread.</summary>
    public bool TryQueue(IPAddress source) => _waiting.TryEnter(source, LimitsOf(source).Waiting);

    /// <summary>Gives the place back. Any thread.</summary>
    public void Dequeue(IPAddress source) => _waiting.Leave(source);

    /// <summary>Judges a request that begins a transaction; one that is taken is counted with its source until it ends.</summary>
    public Admission Judge(SipRequest request, SipFlow from, out SourceRecord source)
    {
        var (address, now) = (from.Remote.Address, Now);
        source = RecordOf(address, now);
        source.Credit.Put(request.Wire.Length, FreeBytes);
        var limits = LimitsOf(address, source, now);
        if (limits == SourceLimits.Stranger)
        {
            if (Blocks.Contains(source.Key))
            {
                // It was queued before the block.
                return Admission.Silence;
            }

            if (KnownScanners.Of(request) is { } scanner)
            {
                Offend(from, source, Offence.Scanner, scanner);
                return Admission.Silence;
            }
        }

        if (source.Transactions >= limits.Transactions || !IsWithinRate(request, source, limits, now))
        {
            return Refuse(source, now);
        }

        source.Transactions++;
        return Admission.Taken;
    }

    /// <summary>Whether bytes may be sent to a source that asked for them over UDP. Its address may be forged, so it gets no more than it sent, but for <see cref="FreeBytes"/> a minute.</summary>
    public bool MayAnswer(SourceRecord source, SipFlow to, int bytes) =>
        to.Transport.IsReliable || IsKnown(to.Remote.Address, source, Now) || source.Credit.TryTake(bytes, FreeBytesPerSecond, FreeBytes, Now);

    /// <summary>A trunk, a phone, or somebody who proved a password lately: worth a transaction's repetitions.</summary>
    public bool IsKnown(SourceRecord source, SipFlow from) => IsKnown(from.Remote.Address, source, Now);

    /// <summary>The record of who sent something malformed, which counts against it.</summary>
    public SourceRecord Malformed(SipFlow from, int bytes)
    {
        var source = RecordOf(from.Remote.Address, Now);
        source.Credit.Put(bytes, FreeBytes);
        Offend(from, source, Offence.Malformed, "malformed messages");
        return source;
    }

    /// <summary>A request was challenged: for its lack of credentials, or because they were wrong.</summary>
    public void Challenged(SourceRecord source, SipFlow from, SipRequest request, SipResponse challenge)
    {
        // Unknown users count no more than known ones: how soon the block comes must not tell them apart.
        if (!request.Headers.Has(HeaderName.Authorization))
        {
            Offend(from, source, Offence.Unproved, "requests without credentials");
        }
        else if (challenge.Headers[HeaderName.WwwAuthenticate]?.Contains("stale=true", StringComparison.OrdinalIgnoreCase) != true)
        {
            Offend(from, source, Offence.WrongCredentials, "wrong passwords");
        }
    }

    /// <summary>A password was proved.</summary>
    public void Proved(SourceRecord source)
    {
        if (!_sources.IsShared(source))
        {
            source.Score = 0;
            source.ProvenUntil = Now + ProvenSeconds;
        }
    }

    /// <summary>Whether the source may have one more call.</summary>
    public bool MayCall(SourceRecord source, SipFlow from) => source.Calls < LimitsOf(from.Remote.Address, source, Now).Calls;

    private SourceRecord RecordOf(IPAddress address, double now)
    {
        var key = SourceKey.Of(address);
        return _sources.Of(key, isTrunk(address) || phones.Contains(key), now);
    }

    private bool IsKnown(IPAddress address, SourceRecord source, double now) => LimitsOf(address, source, now) != SourceLimits.Stranger;

    private SourceLimits LimitsOf(IPAddress address) =>
        isTrunk(address) ? SourceLimits.Trunk : phones.Contains(SourceKey.Of(address)) ? SourceLimits.Phone : SourceLimits.Stranger;

    private SourceLimits LimitsOf(IPAddress address, SourceRecord source, double now) =>
        LimitsOf(address) is var limits && limits == SourceLimits.Stranger && source.ProvenUntil > now ? SourceLimits.Phone : limits;

    private static bool IsWithinRate(SipRequest request, SourceRecord source, SourceLimits limits, double now) => request.Method switch
    {
        SipMethods.Invite when request.To.Tag is null => source.Invites.TryTake(1, limits.InvitesPerSecond, limits.InviteBurst, now),
        SipMethods.Register => source.Registers.TryTake(1, limits.RegistersPerSecond, limits.RegisterBurst, now),
        _ => true,
    };

    private static Admission Refuse(SourceRecord source, double now)
    {
        if (now - source.ToldAt < TellEverySeconds)
        {
            return Admission.Silence;
        }

        source.ToldAt = now;
        return Admission.TooMuch;
    }

    private void Offend(SipFlow from, SourceRecord source, Offence offence, string what)
    {
        var (address, now) = (from.Remote.Address, Now);
        if (_sources.IsShared(source))
        {
            return;
        }

        source.Score = offence.Added(source.Score, now - source.ScoreAt);
        source.ScoreAt = now;
        if (source.Score < Offence.Enough || IsKnown(address, source, now) || Blocks.Contains(source.Key)
            || Blocks.Count >= BlocksAtMost || !_newBlocks.TryTake(1, NewBlocksPerSecond, NewBlocksAtOnce, now))
        {
            return;
        }

        source.Score = 0;
        source.Strikes++;
        var length = Offence.BlockLength(source.Strikes);
        source.StrikesUntil = now + length.TotalSeconds + Offence.Memory.TotalSeconds;
        var block = new Block(source.Key, what, time.GetUtcNow() + length);
        Blocks.Set(block);
        LogBlocked(block.Source, what, length);
        blocked(block);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} is not listened to for {Length}: {Reason}")]
    private partial void LogBlocked(SourceKey source, string reason, TimeSpan length);
}
