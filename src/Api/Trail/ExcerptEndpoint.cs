using System.Globalization;

using CallCenter.Api.Accounts;
using CallCenter.Api.Schema;
using CallCenter.EventStore;

using Microsoft.Extensions.Primitives;

namespace CallCenter.Api.Trail;

/// <summary>Excerpts of the trail over HTTP: <c>GET /trail.jsonl</c> with the filters of <c>./run export-trail</c>, for whoever may have the trail proved. What breaks off in the middle has no end and does not verify.</summary>
/// <param name="identify">The user whose token a request carries; null for none that is valid.</param>
internal sealed partial class ExcerptEndpoint(TrailExcerpts excerpts, Func<HttpContext, ValueTask<User?>> identify, ILogger<ExcerptEndpoint> logger)
{
    private static readonly string[] Names = ["from", "to", "stream", "streamType", "type", "user", "correlation", "causation"];

    public void Map(WebApplication app) => app.MapGet("/trail.jsonl", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        if (await identify(context) is not { } user)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Sign in first: send the token of signIn as \"Authorization: Bearer ...\".");
        }
        else if (!user.Roles.Any(role => Access.Auditors.Contains(Access.Name(role), StringComparer.Ordinal)))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Your roles do not allow to take excerpts of the trail.");
        }
        else if (!TryRead(context.Request.Query, out var selection, out var error))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, error);
        }
        else
        {
            await WriteAsync(context, selection);
        }
    }

    private async Task WriteAsync(HttpContext context, TrailFilter selection)
    {
        context.Response.ContentType = "application/jsonl";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"trail.jsonl\"";
        try
        {
            await excerpts.WriteAsync(selection, context.Response.Body, context.RequestAborted);
        }
        catch (TrailException exception) when (!context.Response.HasStarted)
        {
            context.Response.Headers.ContentDisposition = StringValues.Empty;
            await RefuseAsync(context, StatusCodes.Status409Conflict, exception.Message);
        }
        catch (TrailException exception)
        {
            LogBrokenOff(logger, exception.Message);
            context.Abort();
        }
    }

    private static bool TryRead(IQueryCollection query, out TrailFilter selection, out string error)
    {
        selection = new TrailFilter();
        error = query.Keys.FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal)) is { } unknown ? $"\"{unknown}\" is no filter: they are {string.Join(", ", Names)}." : "";
        if (error.Length == 0 && TryReadInstant(query, "from", out var from, ref error) && TryReadInstant(query, "to", out var to, ref error) && TryReadStream(query, out var stream, ref error))
        {
            selection = new TrailFilter(stream, Texts("streamType"), Texts("type"), from, to, Texts("user")?[0], Texts("correlation")?[0], Texts("causation")?[0]);
            if (Names.Where(name => name is not ("type" or "streamType")).FirstOrDefault(name => query[name].Count > 1) is { } twice)
            {
                error = $"{twice} is given twice.";
            }
        }

        return error.Length == 0;

        string[]? Texts(string name) => query[name] is { Count: > 0 } values ? [.. values.Select(value => value ?? "")] : null;
    }

    private static bool TryReadInstant(IQueryCollection query, string name, out DateTimeOffset? instant, ref string error)
    {
        instant = null;
        if (query[name].FirstOrDefault() is not { } text)
        {
            return true;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            instant = read;
            return true;
        }

        error = $"{name} must be an instant like 2026-01-31T08:00:00Z, not \"{text}\".";
        return false;
    }

    private static bool TryReadStream(IQueryCollection query, out Guid? stream, ref string error)
    {
        var text = query["stream"].FirstOrDefault();
        stream = Guid.TryParse(text, out var read) ? read : null;
        error = text is null || stream is not null ? "" : $"stream must be an id like 00000000-0000-0000-0000-000000000000, not \"{text}\".";
        return error.Length == 0;
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An excerpt of the trail was broken off: {Reason}")]
    private static partial void LogBrokenOff(ILogger logger, string reason);
}
