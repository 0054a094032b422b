using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Domain.Trunks;
using CallCenter.EventStore;
using CallCenter.Projections.Trunks;

using Npgsql;

namespace CallCenter.Api.Hosting;

/// <summary>What a start makes where it is missing: the administrator, a trunk of this machine, and where no number can be called yet, the sample center.</summary>
internal static class FirstRun
{
    public const string Admin = "admin";
    public const string PasswordFile = "admin-password";

    // The first trunk: this machine. Whoever removes it will not see it again.
    private static readonly TrunkSettings LocalTrunk = new("local", ["127.0.0.1/32"], []);

    public static async Task PrepareAsync(Center center, Knobs knobs, CancellationToken cancellationToken)
    {
        var users = new UserStore(center.Source);
        if (knobs.AdminPassword is { } given)
        {
            await users.SetPasswordAsync(Admin, "Administrator", given, [Role.Administrator], cancellationToken);
        }
        else if (!await users.ExistsAsync(Admin, cancellationToken))
        {
            var password = Secrets.NewPassword();
            await Secrets.WriteFileAsync(Path.Combine(knobs.DataFolder, PasswordFile), password + "\n", cancellationToken);
            await users.SetPasswordAsync(Admin, "Administrator", password, [Role.Administrator], cancellationToken);
        }

        if (!await new TrunkQueries(center.Source).AnyEverAsync(cancellationToken))
        {
            var configure = new ConfigureTrunk(Guid.CreateVersion7(), LocalTrunk, TimeProvider.System.GetUtcNow());
            var events = TrunkDecider.Decide(configure, Trunk.Initial).Events.Select(e => EventData.Of(e));
            await center.Store.AppendAsync(
                new StreamAppend(configure.TrunkId, Trunk.StreamType, ExpectedVersion.NoStream, [.. events]), new EventMetadata(null, null, "first-run"), cancellationToken);
        }

        if (knobs.Sample && !await HasNumbersAsync(center.Source, cancellationToken))
        {
            await SampleCenter.CreateAsync(center, knobs.DataFolder, cancellationToken);
        }
    }

    private static async Task<bool> HasNumbersAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select exists (select from queues.queues where number is not null)");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
