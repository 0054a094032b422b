using System.Text.Json;
using CallCenter.GraphQL.Execution;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CallCenter.GraphQL.Http;

/// <summary>Serves an executor by the GraphQL-over-HTTP specification: POST with JSON bodies.</summary>
public static class GraphQLEndpoint
{
    /// <summary>Maps the endpoint; other methods than POST are answered 405.</summary>
    public static IEndpointConventionBuilder MapGraphQL(
        this IEndpointRouteBuilder endpoints, string pattern, RequestExecutor executor, GraphQLHttpOptions? options = null)
    {
        var handler = new Handler(executor, options ?? new GraphQLHttpOptions());
        return endpoints.Map(pattern, handler.HandleAsync);
    }

    private sealed class Handler(RequestExecutor executor, GraphQLHttpOptions options)
    {
        public async Task HandleAsync(HttpContext context)
        {
            if (!HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers.Allow = HttpMethods.Post;
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return;
            }

            if (MediaTypes.Negotiate(context.Request.Headers.Accept) is not { } mediaType)
            {
                context.Response.StatusCode = StatusCodes.Status406NotAcceptable;
                return;
            }

            var (status, result) = await ExecuteAsync(context, mediaType);
            await WriteAsync(context, status, mediaType, result);
        }

        private async Task<(int Status, OperationResult Result)> ExecuteAsync(HttpContext context, string mediaType)
        {
            if (!MediaTypes.IsJson(context.Request.ContentType))
            {
                return (StatusCodes.Status415UnsupportedMediaType, Refuse("The request's content type must be application/json in UTF-8."));
            }

            // The endpoint has its own limit, which may be above or below the server's.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
            {
                serverLimit.MaxRequestBodySize = null;
            }

            if (await RequestReader.ReadBodyAsync(context.Request, options.MaxRequestBytes, context.RequestAborted) is not { } body)
            {
                return (StatusCodes.Status413PayloadTooLarge, Refuse($"The request is larger than {options.MaxRequestBytes} bytes.", ErrorCodes.LimitExceeded));
            }

            OperationRequest request;
            try
            {
                request = RequestReader.Parse(body);
            }
            catch (GraphQLException invalid)
            {
                return (StatusCodes.Status400BadRequest, Refuse(invalid.Message, invalid.Code));
            }

            var result = await executor.ExecuteAsync(await options.OnCreate(context, request), context.RequestAborted);
            // A refused operation is a 400 only to clients that ask for GraphQL's own media type; a plain JSON 400 might come from any proxy.
            return (result.IsExecuted || mediaType == MediaTypes.Json ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, result);
        }

        private static async Task WriteAsync(HttpContext context, int status, string mediaType, OperationResult result)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = $"{mediaType}; charset=utf-8";
            context.Response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
            await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, ResultWriter.Options);
            result.WriteTo(writer);
            await writer.FlushAsync(context.RequestAborted);
        }

        private static OperationResult Refuse(string message, string code = ErrorCodes.BadUserInput) => OperationResult.Refused(new GraphQLError(message, code));
    }
}
