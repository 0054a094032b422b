using System.Net;

using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Trunks;
using CallCenter.EventStore;
using CallCenter.Projections.Trunks;
using CallCenter.Telephony;

using DomainTrunk = CallCenter.Domain.Trunks.Trunk;
using Trunk = CallCenter.Telephony.Trunk;

namespace CallCenter.Api.Trunks;

/// <summary>Configures trunks: writes what was decided, and has the switch take it up at once.</summary>
/// <param name="center">Where it is written.</param>
/// <param name="apply">Takes all trunks as they are from now on.</param>
/// <param name="status">Asks the switch how the trunks do.</param>
/// <param name="clock">For the events.</param>
internal sealed class TrunkConfiguration(
    Center center, Action<IReadOnlyList<Trunk>> apply, Func<CancellationToken, Task<IReadOnlyList<TrunkStatus>>> status, TimeProvider clock) : IDisposable
{
    private static readonly Aggregate<DomainTrunk> Aggregate = new(DomainTrunk.StreamType, DomainTrunk.Initial, (trunk, e) => DomainTrunk.Evolve(trunk, (TrunkEvent)e));

    private readonly TrunkQueries _queries = new(center.Source);
    private readonly TrunkPasswords _passwords = new(center.Source);

    // One change at a time: names are unique over streams.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The trunks as the switch takes them.</summary>
    public static async Task<IReadOnlyList<Trunk>> ReadAsync(Center center, CancellationToken cancellationToken)
    {
        var passwords = await new TrunkPasswords(center.Source).GetAsync(cancellationToken);
        return [.. (await new TrunkQueries(center.Source).GetAsync(cancellationToken)).Select(trunk => ToSwitch(trunk.Settings, passwords.GetValueOrDefault(trunk.Id)))];
    }

    /// <summary>All trunks as they are configured, the oldest first, each with how it does; null for one that the switch has not taken up yet.</summary>
    public async Task<IReadOnlyList<(Guid Id, TrunkSettings Settings, TrunkStatus? Status)>> ViewAsync(CancellationToken cancellationToken)
    {
        var byName = (await status(cancellationToken)).ToDictionary(trunk => trunk.Name, StringComparer.Ordinal);
        return [.. (await _queries.GetAsync(cancellationToken)).Select(trunk => (trunk.Id, trunk.Settings, byName.GetValueOrDefault(trunk.Settings.Name)))];
    }

    /// <summary>Makes a trunk or changes it.</summary>
    /// <param name="id">Null for a new one.</param>
    /// <param name="settings">All of its settings.</param>
    /// <param name="password">Null leaves the present one.</param>
    /// <param name="userName">Who does so.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(Guid Id, Refusal? Refusal)> ConfigureAsync(Guid? id, TrunkSettings settings, string? password, string userName, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var trunks = await _queries.GetAsync(cancellationToken);
            var trunk = id ?? Guid.CreateVersion7();
            if (id is not null && trunks.All(existing => existing.Id != id))
            {
                return (trunk, new Refusal("TRUNK_NOT_FOUND", "There is no such trunk."));
            }

            if (trunks.Any(existing => existing.Id != trunk && existing.Settings.Name == settings.Name))
            {
                return (trunk, new Refusal("TRUNK_EXISTS", $"There is a trunk {settings.Name} already."));
            }

            var refusal = await DecideAsync(trunk, new ConfigureTrunk(trunk, settings, clock.GetUtcNow()), userName, cancellationToken);
            if (refusal is null && password is not null)
            {
                await _passwords.SetAsync(trunk, password, cancellationToken);
            }

            return (trunk, await AppliedAsync(refusal, cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<Refusal?> RemoveAsync(Guid id, string userName, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var refusal = await DecideAsync(id, new RemoveTrunk(clock.GetUtcNow()), userName, cancellationToken);
            if (refusal is null)
            {
                await _passwords.ForgetAsync(id, cancellationToken);
            }

            return await AppliedAsync(refusal, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static Trunk ToSwitch(TrunkSettings settings, string? password) => new()
    {
        Name = settings.Name,
        Networks = [.. settings.Networks.Select(network => IPNetwork.Parse(network))],
        Gateways = [.. settings.Gateways.Select(gateway => new Gateway(gateway.Host, gateway.Port, gateway.Transport, gateway.Priority, gateway.Weight))],
        Account = settings.AccountUser is { } user ? new TrunkAccount(user, password ?? "") : null,
        Registration = settings.Registrar is { } registrar ? new TrunkRegistration(registrar.Domain, registrar.User, TimeSpan.FromSeconds(registrar.ExpiresSeconds)) : null,
        Codecs = settings.Codecs,
        MaxCalls = settings.MaxCalls,
        Domain = settings.Domain,
        FromUser = settings.FromUser,
        AssertsIdentity = settings.AssertsIdentity,
        ProbeInterval = settings.ProbeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private async Task<Refusal?> DecideAsync(Guid id, TrunkCommand command, string userName, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(center.Store).HandleAsync(Aggregate, id, trunk =>
        {
            var decision = TrunkDecider.Decide(command, trunk);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, userName), ct: cancellationToken);
        if (result.LastPosition > 0)
        {
            await center.Projections.WaitForAsync(result.LastPosition, cancellationToken);
        }

        return refusal;
    }

    private async Task<Refusal?> AppliedAsync(Refusal? refusal, CancellationToken cancellationToken)
    {
        if (refusal is null)
        {
            apply(await ReadAsync(center, cancellationToken));
        }

        return refusal;
    }
}
