using System.Threading.Channels;

using CallCenter.Domain;
using CallCenter.Domain.Security;
using CallCenter.EventStore;
using CallCenter.Telephony;

using Microsoft.Extensions.Logging;

using SourceBlocked = CallCenter.Domain.Security.SourceBlocked;

namespace CallCenter.Routing;

/// <summary>Blocks of addresses: what persons want is recorded and then done, what the switch has done is recorded after it.</summary>
public sealed partial class SourceBlocks : IAsyncDisposable
{
    private static readonly Aggregate<Source> Sources = new(Source.StreamType, Source.Initial, (source, e) => Source.Evolve(source, (SourceEvent)e));
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for a database that is away.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(10);

    private readonly Channel<SwitchNotification> _notes = Channel.CreateUnbounded<SwitchNotification>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CommandHandler _handler;
    private readonly ISourceGate _gate;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _recording;

    public SourceBlocks(PostgresEventStore store, ISourceGate gate, TimeProvider clock, ILogger<SourceBlocks> logger)
    {
        (_handler, _gate, _clock, _logger) = (new CommandHandler(store), gate, clock, logger);
        _recording = Task.Run(RecordAsync);
    }

    /// <summary>Blocks an address for a time.</summary>
    /// <param name="address">An IPv4 address, or an IPv6 address or /64 network.</param>
    /// <param name="reason">For people.</param>
    /// <param name="length">How long; at most <see cref="SourceDecider.LongestBlock"/>.</param>
    /// <param name="by">User name.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<(SourceBlocked? Block, Refusal? Refusal)> BlockAsync(string address, string reason, TimeSpan length, string by, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        return OnSourceAsync<SourceBlocked>(
            address,
            source => _gate.IsTrusted(source) ? null : new BlockSource(source, reason, now + length, by, now),
            block => _gate.Block(block.Address, block.Reason, block.Until),
            by,
            ct);
    }

    /// <summary>Lifts a block.</summary>
    /// <inheritdoc cref="BlockAsync"/>
    public Task<(SourceUnblocked? Unblocked, Refusal? Refusal)> UnblockAsync(string address, string by, CancellationToken ct) => OnSourceAsync<SourceUnblocked>(
        address, _ => new UnblockSource(by, _clock.GetUtcNow()), unblocked => _gate.Unblock(unblocked.Address), by, ct);

    /// <summary>Records what the switch tells of blocks, soon; passes over the rest. A database that is away is waited for.</summary>
    public void Note(SwitchNotification notification)
    {
        if (notification is Telephony.SourceBlocked or BlockExpired)
        {
            _notes.Writer.TryWrite(notification);
        }
    }

    /// <summary>Records what was noted, then ends; what a database that stays away does not take is named in the log.</summary>
    public async ValueTask DisposeAsync()
    {
        _notes.Writer.TryComplete();
        _giveUp.CancelAfter(LongestGoodbye);
        await _recording;
        _giveUp.Dispose();
    }

    private async Task RecordAsync()
    {
        await foreach (var note in _notes.Reader.ReadAllAsync())
        {
            await (note switch
            {
                Telephony.SourceBlocked e => RecordAsync(e.Address, new BlockSource(e.Address, e.Reason, e.Until, By: null, e.At)),
                BlockExpired e => RecordAsync(e.Address, new ExpireSourceBlock(e.At)),
                _ => throw new System.Diagnostics.UnreachableException($"{note.GetType().Name} is no note of a block."),
            });
        }
    }

    private async Task RecordAsync(string address, SourceCommand command)
    {
        while (true)
        {
            try
            {
                await HandleAsync(address, command, user: null, CancellationToken.None);
                return;
            }
            catch (Exception e) when ((e is EventStoreUnavailableException or AppendOutcomeUnknownException) && !_giveUp.IsCancellationRequested)
            {
                LogWaiting(e, address);
                await Task.Delay(Pause, _clock, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                // The next ones may fare better.
                LogUnrecorded(e, command.GetType().Name, address);
                return;
            }
        }
    }

    private async Task<(TEvent? Event, Refusal? Refusal)> OnSourceAsync<TEvent>(
        string address, Func<string, SourceCommand?> command, Action<TEvent> act, string by, CancellationToken ct)
        where TEvent : SourceEvent
    {
        if (!Switch.TrySourceOf(address, out var source))
        {
            return (null, new Refusal("ADDRESS", $"\"{address}\" is not an IPv4 address, an IPv6 address or an IPv6 /64 network."));
        }

        if (command(source) is not { } given)
        {
            return (null, new Refusal("SOURCE_TRUSTED", $"{source} belongs to a trusted trunk: change the trunk instead."));
        }

        var (events, refusal) = await HandleAsync(source, given, by, ct);
        foreach (var done in events.OfType<TEvent>())
        {
            act(done);
            return (done, null);
        }

        return (null, refusal);
    }

    private async Task<(IReadOnlyList<object> Events, Refusal? Refusal)> HandleAsync(string address, SourceCommand command, string? user, CancellationToken ct)
    {
        Refusal? refusal = null;
        var result = await _handler.HandleAsync(
            Sources,
            Source.IdOf(address),
            source =>
            {
                var decision = SourceDecider.Decide(command, source);
                refusal = decision.Refusal;
                return [.. decision.Events.Select(e => EventData.Of(e))];
            },
            new EventMetadata(null, null, user ?? "telephony"),
            ct: ct);
        return ([.. result.Events.Select(data => data.Data)], refusal);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The block of {Address} waits for the database to be recorded")]
    private partial void LogWaiting(Exception exception, string address);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Command} of {Address} is in force, but could not be recorded")]
    private partial void LogUnrecorded(Exception exception, string command, string address);
}
