using CallCenter.GraphQL.Execution;
using Microsoft.AspNetCore.Http;

namespace CallCenter.GraphQL.Http;

/// <summary>Completes a request that came over HTTP with what the host knows: the user, services, context data.</summary>
public delegate ValueTask<OperationRequest> HttpRequestInterceptor(HttpContext context, OperationRequest request);

/// <summary>How the HTTP endpoint behaves.</summary>
public sealed record GraphQLHttpOptions
{
    /// <summary>Bytes a request's body may have; a larger one is refused with 413.</summary>
    public int MaxRequestBytes { get; init; } = 1024 * 1024;

    /// <summary>Completes each request; unless given, services and user are those of the HTTP request.</summary>
    public HttpRequestInterceptor OnCreate { get; init; } = (context, request) => new ValueTask<OperationRequest>(request with
    {
        Services = context.RequestServices,
        Authorization = new ClaimsAuthorizationHandler(context.User),
    });
}
