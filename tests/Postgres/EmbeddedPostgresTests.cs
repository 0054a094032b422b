using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.Postgres.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_runs_as_an_unprivileged_user_who_need_not_be_able_to_enter_the_parents_of_the_data_folder()
    {
        var closed = Path.Combine(_folder.Path, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var postgres = await StartAsync(Path.Combine(closed, "data"));

        var user = (string)(await ScalarAsync(postgres, "select session_user"))!;
        (await ServerUser.OwnerAsync($"/proc/{postgres.ServerProcessId}", default)).ShouldBe(user);
        user.ShouldNotBe("root");
        if (Environment.IsPrivilegedProcess)
        {
            (await CommandLine.RunAsync("setpriv", [$"--reuid={user}", "--clear-groups", "ls", closed], default)).ExitCode.ShouldNotBe(0);
        }
    }

    [Fact]
    public async Task A_cluster_of_an_ordinary_user_stays_that_users_when_root_runs_it()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_folder.Path, "pg")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "15\n");
        await new ServerUser("nobody", Environment.IsPrivilegedProcess ? "0" : null).GiveAsync(cluster, default);

        var user = await ServerUser.ForAsync(cluster, default);

        var group = await CommandLine.RunAsync("id", ["--group", "nobody"], default);
        user.ShouldBe(Environment.IsPrivilegedProcess ? new ServerUser("nobody", group.Output) : new ServerUser(Environment.UserName, Group: null));
    }

    [Theory]
    [InlineData("a folder with 'quotes'; spaces = and, commas")]
    [InlineData("long/0123456789012345678901234567890123456789/0123456789012345678901234567890123456789/0123456789")]
    public async Task A_path_that_no_socket_can_have_is_linked_to_a_short_private_one(string name)
    {
        var folder = Path.Combine(_folder.Path, name);
        string target;
        await using (var postgres = await StartAsync(folder))
        {
            target = new DirectoryInfo(Path.Combine(folder, "pg-socket")).LinkTarget!;
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host.ShouldBe(target);
            File.GetUnixFileMode(target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (await ScalarAsync(postgres, "select 1")).ShouldBe(1);
        }

        Directory.Exists(target).ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_to_a_socket_folder_that_somebody_else_could_enter_is_not_followed()
    {
        var folder = Path.Combine(_folder.Path, "with,comma");
        Directory.CreateDirectory(folder);
        var squatted = Directory.CreateDirectory(Path.Combine(_folder.Path, "squatted")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "pg-socket"), squatted);

        await using var postgres = await StartAsync(folder);

        new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host.ShouldNotBe(squatted);
        Directory.EnumerateFileSystemEntries(squatted).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_processes_share_one_server_and_the_last_to_leave_stops_it()
    {
        using var other = await OtherProcess.StartAsync(_folder.Path);
        var mine = await StartAsync(_folder.Path);
        var server = mine.ServerProcessId;
        server.ShouldNotBeNull();

        await other.LeaveAsync();
        mine.ServerProcessId.ShouldBe(server);
        (await ScalarAsync(mine, "select 1")).ShouldBe(1);

        await mine.DisposeAsync();
        mine.ServerProcessId.ShouldBeNull();
        File.Exists(Path.Combine(_folder.Path, "pg", "postmaster.pid")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_process_leaves_the_server_running_and_the_next_one_takes_it_over_and_stops_it()
    {
        int? server;
        using (var other = await OtherProcess.StartAsync(_folder.Path))
        {
            await other.KillAsync();
            server = Cluster.FindServer(new DataFolder(_folder.Path));
            server.ShouldNotBeNull();
        }

        await using (var postgres = await StartAsync(_folder.Path))
        {
            postgres.ServerProcessId.ShouldBe(server);
        }

        Cluster.FindServer(new DataFolder(_folder.Path)).ShouldBeNull();
    }

    [Fact]
    public async Task A_killed_server_is_started_again_and_has_all_that_was_committed()
    {
        await using var postgres = await StartAsync(_folder.Path);
        await ScalarAsync(postgres, "create table kept as select generate_series(1, 1000) as n");
        var killed = postgres.ServerProcessId;

        Kill(killed);

        await Eventually(async () => (await ScalarAsync(postgres, "select count(*) from kept")).ShouldBe(1000L));
        postgres.ServerProcessId.ShouldNotBe(killed);
    }

    [Fact]
    public async Task A_lock_file_whose_process_id_has_passed_to_another_program_does_not_stop_it()
    {
        await using (await StartAsync(_folder.Path))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "pg", "postmaster.pid"), $"{Environment.ProcessId}\n/proc/self/fd/9\n1\n5432\n/proc/self/fd/8\n\n");
        await using var postgres = await StartAsync(_folder.Path);

        (await ScalarAsync(postgres, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task An_interrupted_creation_of_the_cluster_is_begun_anew()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "pg.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "pg.new", "PG_VERSION"), "15\n");

        await using var postgres = await StartAsync(_folder.Path);

        (await ScalarAsync(postgres, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_of_a_version_that_is_not_installed_is_refused_by_name()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_folder.Path, "pg")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "9\n");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(_folder.Path));

        refusal.Message.ShouldContain("needs PostgreSQL 9");
        refusal.Message.ShouldContain("postgresql-9");
    }

    [Fact]
    public async Task A_server_that_does_not_start_is_reported_with_what_it_logged()
    {
        await using (await StartAsync(_folder.Path))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "pg", "postgresql.conf"), "no_such_setting = 1\n");

        (await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(_folder.Path))).Message.ShouldContain("no_such_setting");
    }

    private static Task<EmbeddedPostgres> StartAsync(string folder) => EmbeddedPostgres.StartAsync(folder, NullLogger.Instance);

    private static async Task<object?> ScalarAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static void Kill(int? pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid!.Value);
        process.Kill();
    }

    private static async Task Eventually(Func<Task> assertion)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (NpgsqlException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }
}
