using CallCenter.Api.Accounts;
using CallCenter.Api.Reading;
using CallCenter.Api.Schema;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;

using Microsoft.Net.Http.Headers;

using Npgsql;

namespace CallCenter.Api.Reports;

/// <summary>
/// Reports as files: <c>/reports/kpis.csv</c>, <c>/reports/calls.csv</c> (one line a call) and <c>/reports/visits.csv</c> (one line a visit to a queue), for who may see reports over GraphQL. Parameters are
/// those of <see cref="ReportRequest.Parameters"/>; <c>personal=true</c> adds numbers and notes to calls, which is told as read, <c>bom=true</c> begins the file with a byte order mark, as some spreadsheets need for UTF-8.
/// </summary>
internal sealed class ReportEndpoint(NpgsqlDataSource source, Func<HttpContext, ValueTask<User?>> identify, KpiQueries kpis, CallQueries calls, PersonalReader personal, ReadLog reads)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/reports/kpis.csv", context => ServeAsync(context, "kpis", async (_, request, _, _) =>
        {
            // Whole, before the first line goes out: what cannot be computed is still told as an error then.
            var table = new ReportTable(await KpiTable.ReadAsync(kpis, request.Query, request.Columns, context.RequestAborted), request.Zone, await ReportNames.ReadAsync(source, context.RequestAborted));
            return to => KpiCsv.WriteAsync(table, to);
        }));
        app.MapGet("/reports/calls.csv", context => ServeCallsAsync(context, "calls", (csv, export, to) => csv.WriteCallsAsync(export, to, context.RequestAborted)));
        app.MapGet("/reports/visits.csv", context => ServeCallsAsync(context, "visits", (csv, export, to) => csv.WriteVisitsAsync(export, to, context.RequestAborted)));
    }

    private Task ServeCallsAsync(HttpContext context, string name, Func<CallCsv, CallExport, TextWriter, Task> write) => ServeAsync(context, name, (user, request, names, flag) =>
    {
        var (export, csv) = (request.ToCalls(flag("personal")), new CallCsv(calls, (texts, ct) => reads.RevealAsync(personal, texts, user, ReadingContext.ReasonOf(context), ct), names));
        return Task.FromResult<Func<TextWriter, Task>>(to => write(csv, export, to));
    });

    private async Task ServeAsync(HttpContext context, string name, Func<User, ReportRequest, ReportNames, Func<string, bool>, Task<Func<TextWriter, Task>>> prepare)
    {
        if (await identify(context) is not { } user)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Sign in first: send the token of signIn as \"Authorization: Bearer ...\".");
            return;
        }

        if (!user.Roles.Any(role => Access.Overseers.Contains(Access.Name(role), StringComparer.Ordinal)))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Your roles do not allow to see reports.");
            return;
        }

        ReportRequest request;
        Func<TextWriter, Task> write;
        bool mark;
        try
        {
            Check(context.Request.Query.Keys);
            var names = await ReportNames.ReadAsync(source, context.RequestAborted);
            request = ReportRequest.Read(parameter => [.. context.Request.Query[parameter].OfType<string>().Where(text => text.Length > 0)], names);
            (write, mark) = (await prepare(user, request, names, Flag), Flag("bom"));
        }
        catch (Exception e) when (e is BadReportException or BadKpiQueryException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.CacheControl = "no-store";
        var file = new ContentDispositionHeaderValue("attachment") { FileName = $"{name}-{ReportInstants.Day(request.Query.Filter.From, request.Zone)}-to-{ReportInstants.Day(request.Query.Filter.To, request.Zone)}.csv" };
        context.Response.Headers.ContentDisposition = file.ToString();

        // An error from here on breaks the connection off: half a file must not look like a whole one.
        await using var to = new StreamWriter(context.Response.Body, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: mark), 32 * 1024, leaveOpen: true);
        await write(to);

        bool Flag(string parameter) => context.Request.Query[parameter].ToString() switch
        {
            "" or "false" => false,
            "true" => true,
            var other => throw new BadReportException($"{parameter}: \"{other}\" is neither true nor false."),
        };
    }

    private static void Check(IEnumerable<string> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (!ReportRequest.Parameters.ContainsKey(parameter) && parameter is not ("personal" or "bom"))
            {
                throw new BadReportException($"{parameter}: there is no such parameter. There are: {string.Join(", ", ReportRequest.Parameters.Keys)}, personal, bom.");
            }
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string text) => Results.Text($"{text}\n", statusCode: status).ExecuteAsync(context);
}
