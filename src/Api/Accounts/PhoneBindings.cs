using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;

using CallCenter.Telephony;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Api.Accounts;

/// <summary>Phones' bindings in the database, written behind the signalling: a lost write costs a phone no more than registering again.</summary>
internal sealed partial class PhoneBindings : IBindingStore, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<Binding>> _loaded;
    private readonly Channel<(string Extension, IReadOnlyList<Binding> Bindings)> _changes = Channel.CreateUnbounded<(string, IReadOnlyList<Binding>)>();
    private readonly Task _writing;

    private PhoneBindings(NpgsqlDataSource source, IReadOnlyDictionary<string, IReadOnlyList<Binding>> loaded, ILogger logger)
    {
        (_source, _loaded, _logger) = (source, loaded, logger);
        _writing = Task.Run(WriteAsync);
    }

    public static async Task<PhoneBindings> OpenAsync(NpgsqlDataSource source, ILogger logger, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select extension, bindings from callcenter.phone_bindings");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var loaded = new Dictionary<string, IReadOnlyList<Binding>>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            loaded.Add(reader.GetString(0), [.. JsonSerializer.Deserialize<Row[]>(reader.GetString(1))!.Select(row => row.ToBinding())]);
        }

        return new PhoneBindings(source, loaded, logger);
    }

    public IReadOnlyDictionary<string, IReadOnlyList<Binding>> Load() => _loaded;

    public void Save(string extension, IReadOnlyList<Binding> bindings) => _changes.Writer.TryWrite((extension, bindings));

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        await foreach (var (extension, bindings) in _changes.Reader.ReadAllAsync())
        {
            try
            {
                await using var command = _source.CreateCommand(bindings.Count == 0
                    ? "delete from callcenter.phone_bindings where extension = $1"
                    : "insert into callcenter.phone_bindings (extension, bindings) values ($1, $2) on conflict (extension) do update set bindings = $2");
                command.Parameters.Add(new NpgsqlParameter { Value = extension });
                if (bindings.Count > 0)
                {
                    command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = JsonSerializer.Serialize(bindings.Select(Row.Of)) });
                }

                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException e)
            {
                LogNotKept(_logger, e, extension);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The phone of {Extension} was not kept and must register again after a restart")]
    private static partial void LogNotKept(ILogger logger, Exception exception, string extension);

    // What a row of an earlier release lacks has its default.
    private sealed record Row(
        string Contact, string Source, bool IsDirect, DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt, double Q = 1, string? Path = null, string? Instance = null, int? RegId = null)
    {
        public static Row Of(Binding b) =>
            new(b.Contact, string.Create(CultureInfo.InvariantCulture, $"{b.Source}"), b.IsDirect, b.RegisteredAt, b.ExpiresAt, b.Q, b.Path, b.Instance, b.RegId);

        public Binding ToBinding() => new(Contact, IPEndPoint.Parse(Source), IsDirect, RegisteredAt, ExpiresAt) { Q = Q, Path = Path, Instance = Instance, RegId = RegId };
    }
}
