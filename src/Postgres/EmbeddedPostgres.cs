using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.Postgres;

/// <summary>A private PostgreSQL on a data folder, shared by all processes that use that folder: the first one starts it, the last one stops it.</summary>
/// <remarks>
/// It listens on a Unix socket only, keeps every committed transaction through a crash, and is started again when it dies while it is in use. A process that is
/// killed leaves it running; the next one takes it over.
/// </remarks>
public sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    private const string Database = "callcenter";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SupervisionInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long what is left of a killed server may take to end before a new one can start.</summary>
    private static readonly TimeSpan SurvivorsLimit = TimeSpan.FromSeconds(15);

    /// <summary>How long a stop may take before it is reported instead of waited for.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly DataFolder _folder;
    private readonly ServerUser _user;
    private readonly FileStream _use;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _supervision = Task.CompletedTask;
    private bool _disposed;

    private EmbeddedPostgres(DataFolder folder, ServerUser user, FileStream use, ILogger logger)
    {
        (_folder, _user, _use, _logger) = (folder, user, use, logger);
        ConnectionString = ConnectionTo(Database);
    }

    /// <summary>Npgsql's way to the database <c>callcenter</c>, as its superuser. It stays the same through restarts of the server.</summary>
    public string ConnectionString { get; }

    /// <summary>The process id of the server; null while it is not running.</summary>
    public int? ServerProcessId => Cluster.FindServer(_folder);

    /// <summary>Starts the server on a data folder, or joins those who use it already. Makes folder, cluster and database where they are missing.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot be done; the message says why and what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string dataFolder, ILogger logger, CancellationToken ct = default)
    {
        var folder = new DataFolder(dataFolder);
        try
        {
            return await StartAsync(folder, logger, ct);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EmbeddedPostgresException(
                $"User '{Environment.UserName}' may not use the data folder {folder.Root}: {exception.Message} Use another one (CALLCENTER_DATA), or the user that made it.", exception);
        }
    }

    private static async Task<EmbeddedPostgres> StartAsync(DataFolder folder, ILogger logger, CancellationToken ct)
    {
        Directory.CreateDirectory(folder.Root);
        await using var starting = await FileLock.ExclusiveAsync(folder.StartLock, ct);
        var user = await ServerUser.ForAsync(folder.Cluster, ct);
        await folder.EnsureSocketFolderAsync(user, ct);
        var use = FileLock.TryShared(folder.Users)
            ?? throw new EmbeddedPostgresException($"{folder.Users} is locked by a program that does not hold {folder.StartLock}.");
        var postgres = new EmbeddedPostgres(folder, user, use, logger);
        try
        {
            await postgres.EnsureRunningAsync(ct);
            await PostgresDatabase.EnsureDatabaseAsync(postgres.ConnectionString, ct);
        }
        catch
        {
            await postgres.LeaveAsync();
            throw;
        }

        postgres._supervision = Task.Run(() => postgres.SuperviseAsync(postgres._stop.Token), CancellationToken.None);
        return postgres;
    }

    /// <summary>Leaves the server; when nobody else uses it, stops it and waits until all is written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        try
        {
            await _supervision;
        }
        catch (OperationCanceledException)
        {
            // Stopped, as asked.
        }

        await using (await FileLock.ExclusiveAsync(_folder.StartLock, CancellationToken.None))
        {
            await LeaveAsync();
        }

        _stop.Dispose();
    }

    // Under the start lock.
    private async Task LeaveAsync()
    {
        await _use.DisposeAsync();
        await using var alone = FileLock.TryExclusive(_folder.Users);
        if (alone is null || Cluster.FindServer(_folder) is not { } server)
        {
            return;
        }

        Cluster.RequestStop(server);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            while (Cluster.FindServer(_folder) is not null)
            {
                await Task.Delay(PollInterval, limit.Token);
            }

            _folder.RemoveTemporarySocketFolder();
            LogStopped(_logger, server);
        }
        catch (OperationCanceledException)
        {
            LogStillStopping(_logger, server, StopLimit.TotalSeconds);
        }
    }

    // Under the start lock.
    private async Task EnsureRunningAsync(CancellationToken ct)
    {
        if (Cluster.FindServer(_folder) is { } running)
        {
            LogJoined(_logger, running);
            await WaitUntilReadyAsync(() => Cluster.FindServer(_folder) is not null, ct);
            return;
        }

        var programs = await PostgresPrograms.FindAsync(_folder.Root, _folder.ClusterMajor, ct);
        var cluster = new Cluster(_folder, _user, programs, _logger);
        await cluster.EnsureFilesAsync(ct);
        var deadline = DateTime.UtcNow + SurvivorsLimit;
        while (true)
        {
            var logStart = _folder.LogLength;
            using var process = cluster.Start();
            if (await WaitUntilReadyAsync(() => !process.HasExited, ct))
            {
                LogStarted(_logger, process.Id, _folder.Cluster);
                return;
            }

            var log = _folder.ReadLog(logStart);
            if (!SpeaksOfSurvivors(log) || DateTime.UtcNow > deadline)
            {
                throw new EmbeddedPostgresException($"PostgreSQL did not start (exit code {process.ExitCode}). {_folder.Log} says:\n{log}");
            }

            // They notice and end.
            await Task.Delay(PollInterval * 4, ct);
        }
    }

    // Of a server that was killed a moment ago: its backends, which still have its memory, or itself, whose process id is not free before it has been reaped.
    private static bool SpeaksOfSurvivors(string log) =>
        log.Contains("shared memory", StringComparison.Ordinal) || log.Contains("lock file \"postmaster.pid\" already exists", StringComparison.Ordinal);

    private async Task<bool> WaitUntilReadyAsync(Func<bool> isAlive, CancellationToken ct)
    {
        while (isAlive())
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionTo("postgres")) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(ct);
                return true;
            }
            catch (PostgresException exception) when (exception.SqlState is not PostgresErrorCodes.CannotConnectNow)
            {
                throw new EmbeddedPostgresException($"The database in {_folder.Cluster} does not accept user '{_user.Name}': {exception.MessageText}", exception);
            }
            catch (NpgsqlException)
            {
                // Not listening yet, or still recovering: as long as it lives it will come.
                await Task.Delay(PollInterval, ct);
            }
        }

        return false;
    }

    private async Task SuperviseAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SupervisionInterval);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (Cluster.FindServer(_folder) is not null)
            {
                continue;
            }

            try
            {
                await using var starting = await FileLock.ExclusiveAsync(_folder.StartLock, ct);
                if (Cluster.FindServer(_folder) is null)
                {
                    LogDied(_logger, _folder.Log);
                    await EnsureRunningAsync(ct);
                }
            }
            catch (Exception exception) when (exception is EmbeddedPostgresException or IOException)
            {
                LogNotRestarted(_logger, exception);
            }
        }
    }

    private string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _folder.SocketTarget, Username = _user.Name, Database = database }.ConnectionString;

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL runs as process {Pid} on {Folder}")]
    private static partial void LogStarted(ILogger logger, int pid, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Joined the running PostgreSQL, process {Pid}")]
    private static partial void LogJoined(ILogger logger, int pid);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL, process {Pid}, was stopped")]
    private static partial void LogStopped(ILogger logger, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL, process {Pid}, is still stopping after {Seconds} s and is left to finish")]
    private static partial void LogStillStopping(ILogger logger, int pid, double seconds);

    [LoggerMessage(Level = LogLevel.Critical, Message = "PostgreSQL died and is started again; see {Log}")]
    private static partial void LogDied(ILogger logger, string log);

    [LoggerMessage(Level = LogLevel.Critical, Message = "PostgreSQL could not be started again; trying on")]
    private static partial void LogNotRestarted(ILogger logger, Exception exception);
}
