using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;

using CallCenter.Domain.Flows;
using CallCenter.Routing.Ivr;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests.Ivr;

/// <summary>What other systems can do to a flow.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LookupsTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(200, """{"a": 1}""", "found 1")]
    [InlineData(204, "", "found ")]
    [InlineData(404, "{}", "missing")]
    [InlineData(200, "<html/>", "failed JsonReaderException")]
    [InlineData(302, "{}", "failed status 302")]
    [InlineData(500, "{}", "failed status 500")]
    [InlineData(401, "{}", "failed status 401")]
    public async Task An_answer_over_http_is_found_missing_or_failed(int status, string body, string expected)
    {
        using var server = new HttpListener();
        var address = Listen(server);
        var serving = ServeAsync(server, status, body);
        await using var lookups = new Lookups(ImmutableDictionary<string, string>.Empty, TimeProvider.System);
        Tell(await lookups.AskAsync(Http(address))).ShouldBe(expected);
        server.Close();
        await serving;
    }

    [Fact]
    public async Task An_answer_without_end_is_no_answer()
    {
        using var server = new HttpListener();
        var address = Listen(server);
        var serving = ServeAsync(server, 200, $"\"{new string('x', 300_000)}\"");
        await using var lookups = new Lookups(ImmutableDictionary<string, string>.Empty, TimeProvider.System);
        Tell(await lookups.AskAsync(Http(address))).ShouldStartWith("failed HttpRequestException");
        server.Close();
        await serving;
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_asked_again_and_then_given_up()
    {
        using var server = new HttpListener();
        var address = Listen(server);
        var asked = 0;
        var serving = ServeAsync(server, _ => ++asked);
        await using var lookups = new Lookups(ImmutableDictionary<string, string>.Empty, TimeProvider.System);
        Tell(await lookups.AskAsync(Http(address) with { Timeout = TimeSpan.FromSeconds(2), Retries = 2 })).ShouldStartWith("failed no answer within 2 s");
        asked.ShouldBe(3);
        server.Close();
        await serving;
    }

    [Fact]
    public async Task What_is_too_much_at_once_waits_and_does_not_wait_for_ever()
    {
        using var server = new HttpListener();
        var address = Listen(server);
        var held = new TaskCompletionSource();
        var serving = ServeAsync(server, _ => held.SetResult());
        await using var lookups = new Lookups(ImmutableDictionary<string, string>.Empty, TimeProvider.System, atOnce: 1);
        var first = lookups.AskAsync(Http(address) with { Timeout = TimeSpan.FromSeconds(3) });
        await held.Task;
        Tell(await lookups.AskAsync(Http(address) with { Timeout = TimeSpan.FromMilliseconds(200) })).ShouldStartWith("failed too many are asked at once");
        Tell(await first).ShouldStartWith("failed no answer");
        server.Close();
        await serving;
    }

    [Fact]
    public async Task Values_never_become_part_of_a_statement_and_are_in_no_reason()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var lookups = new Lookups(new Dictionary<string, string> { ["db"] = database }, TimeProvider.System);
        Tell(await lookups.AskAsync(Sql("select $1 as a", "1'; drop table x; --"))).ShouldBe("found 1'; drop table x; --");
        Tell(await lookups.AskAsync(Sql("select $1::int as a", "8642secret"))).ShouldBe("failed SQLSTATE 22P02");
        Tell(await lookups.AskAsync(Sql("select true as a, null as b, 1.50 as c, date '2026-01-05' as d where $1 = 'x'", "x"))).ShouldBe("found true");
        Tell(await lookups.AskAsync(Sql("update pg_class set relname = relname where $1 = 'x'", "x"))).ShouldBe("failed SQLSTATE 25006", "a transaction that reads only");
        Tell(await lookups.AskAsync(Sql("select pg_sleep(30), $1", "x") with { Timeout = TimeSpan.FromMilliseconds(300) })).ShouldStartWith("failed no answer within 0.3 s");
        Tell(await lookups.AskAsync(new FlowSqlQuestion("other", "select 1", [], Long, 0))).ShouldBe("failed there is no connection other");
    }

    [Fact]
    public async Task A_web_service_by_name_gets_its_secrets_and_nobody_else_does()
    {
        using var server = new HttpListener();
        var address = Listen(server);
        var asked = new List<string>();
        var serving = ServeAsync(server, context =>
        {
            asked.Add($"{context.Request.RawUrl} {context.Request.Headers["authorization"]} {context.Request.Headers["x-flow"]}");
            context.Response.StatusCode = 404;
            context.Response.Close();
        });
        var services = new Dictionary<string, WebService> { ["bank"] = new(new Uri($"{address}api/"), new Dictionary<string, string> { ["Authorization"] = "Bearer 4711" }) };
        await using var lookups = new Lookups(ImmutableDictionary<string, string>.Empty, TimeProvider.System, services: services);
        var headers = ImmutableDictionary<string, string>.Empty.Add("authorization", "none").Add("x-flow", "main");
        Tell(await lookups.AskAsync(Http("/accounts/4%2F7") with { Connection = "bank", Headers = headers })).ShouldBe("missing");
        Tell(await lookups.AskAsync(Http("/../other") with { Connection = "bank" })).ShouldBe("failed the address leads out of connection bank");
        Tell(await lookups.AskAsync(Http("/%2e%2E/other") with { Connection = "bank" })).ShouldBe("failed the address leads out of connection bank");
        Tell(await lookups.AskAsync(Http("/x") with { Connection = "other" })).ShouldBe("failed there is no connection other");
        asked.ShouldBe(["/api/accounts/4%2F7 Bearer 4711 main"]);
        server.Close();
        await serving;
    }

    [Fact]
    public async Task A_database_that_is_not_there_or_never_answers_is_no_answer()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var dead = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        const string Rest = "Host=127.0.0.1;Username=nobody;Database=none";
        await using var lookups = new Lookups(
            new Dictionary<string, string> { ["db"] = $"{Rest};Port={dead}", ["silent"] = $"{Rest};Port={((IPEndPoint)silent.LocalEndpoint).Port}" }, TimeProvider.System);
        Tell(await lookups.AskAsync(Sql("select $1", "x") with { Retries = 1 })).ShouldBe("failed NpgsqlException, SocketException");
        Tell(await lookups.AskAsync(Sql("select $1", "x") with { Connection = "silent", Timeout = TimeSpan.FromMilliseconds(300), Retries = 1 })).ShouldStartWith("failed no answer within 0.3 s");
    }

    private static string Tell(FlowAnswer answer) => answer switch
    {
        FlowAnswer.Found found => $"found {(found.Document.ValueKind == JsonValueKind.Object && found.Document.TryGetProperty("a", out var a) ? (a.ValueKind == JsonValueKind.True ? "true" : a.ToString()) : "")}",
        FlowAnswer.Missing => "missing",
        FlowAnswer.Failed failed => $"failed {failed.Reason}",
        _ => "?",
    };

    private static FlowHttpQuestion Http(string address) => new("GET", address, ImmutableDictionary<string, string>.Empty, null, Long, 0);

    private static FlowSqlQuestion Sql(string query, params string[] parameters) => new("db", query, [.. parameters], Long, 0);

    private static string Listen(HttpListener server)
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            server.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        server.Start();
        return server.Prefixes.First();
    }

    private static Task ServeAsync(HttpListener server, int status, string body) => ServeAsync(server, context =>
    {
        context.Response.StatusCode = status;
        if (body.Length > 0)
        {
            context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(body));
        }

        context.Response.Close();
    });

    private static async Task ServeAsync(HttpListener server, Action<HttpListenerContext> answer)
    {
        while (true)
        {
            try
            {
                answer(await server.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
