using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Http;
using CallCenter.GraphQL.Types;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.GraphQL.Tests.Http;

public sealed class HttpTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string GraphQLResponse = "application/graphql-response+json";

    private readonly HttpClient _client = new();
    private WebApplication? _server;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new CenterSite("from the services"));
        _server = builder.Build();
        var schema = SchemaBuilder.New().AddQueryType(type =>
        {
            type.Field("echo(text: String): String").Resolve(context => context.ArgumentValue<string?>("text"));
            type.Field("service: String").Resolve(context => context.Service<CenterSite>().Name);
            type.Field("data: String").Resolve(context => context.ContextData["header"]);
            type.Field("fails: String!").Resolve<string>(_ => throw new GraphQLException("No.", ErrorCodes.NotFound));
        }).Create();
        var defaults = new GraphQLHttpOptions();
        _server.MapGraphQL("/graphql", new RequestExecutor(schema), defaults with
        {
            MaxRequestBytes = 2000,
            OnCreate = async (http, request) => (await defaults.OnCreate(http, request)) with
            {
                ContextData = new Dictionary<string, object?>(StringComparer.Ordinal) { ["header"] = http.Request.Headers["x-test"].ToString() },
            },
        });
        await _server.StartAsync();
        _client.BaseAddress = new Uri(_server.Urls.First());
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync();
    }

    [Theory]
    // A well-formed request is a 200 in plain JSON, whatever comes of it; with GraphQL's own media type, 400 says it was not executed.
    [InlineData("""{"query":"{ echo(text: \"hé\") }"}""", Json, 200, Json, """{"data":{"echo":"hé"}}""")]
    [InlineData("""{"query":"{ echo(text: \"a\") }"}""", GraphQLResponse, 200, GraphQLResponse, """{"data":{"echo":"a"}}""")]
    [InlineData("""{"query":"query Q($t: String) { echo(text: $t) }","variables":{"t":"v"},"operationName":"Q","extensions":{"x":1}}""", Json, 200, Json, """{"data":{"echo":"v"}}""")]
    [InlineData("""{"query":"{ __typename }","variables":null,"operationName":null,"extensions":null}""", Json, 200, Json, """{"data":{"__typename":"Query"}}""")]
    [InlineData("""{"query":"{ service data }"}""", Json, 200, Json, """{"data":{"service":"from the services","data":"seen"}}""")]
    [InlineData("""{"query":"{ fails }"}""", GraphQLResponse, 200, GraphQLResponse, """{"errors":[{"message":"No.","locations":[{"line":1,"column":3}],"path":["fails"],"extensions":{"code":"NOT_FOUND"}}],"data":null}""")]
    [InlineData("""{"query":"{"}""", Json, 200, Json, """{"errors":[{"message":"Syntax Error: Expected Name, found <EOF>.","locations":[{"line":1,"column":2}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{"}""", GraphQLResponse, 400, GraphQLResponse, """{"errors":[{"message":"Syntax Error: Expected Name, found <EOF>.","locations":[{"line":1,"column":2}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{ x }"}""", Json, 200, Json, """{"errors":[{"message":"Cannot query field \"x\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{ x }"}""", GraphQLResponse, 400, GraphQLResponse, """{"errors":[{"message":"Cannot query field \"x\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"subscription { x }"}""", GraphQLResponse, 400, GraphQLResponse, """{"errors":[{"message":"The subscription operation is not supported by the schema.","locations":[{"line":1,"column":1}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    // What is no GraphQL request at all is a 400 in both.
    [InlineData("{}", Json, 400, Json, """{"errors":[{"message":"The request has no \"query\".","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("[]", Json, 400, Json, """{"errors":[{"message":"The request body must be a JSON object.","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":1}""", Json, 400, Json, """{"errors":[{"message":"The request's \"query\" must be a string.","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{ echo }","variables":[]}""", Json, 400, Json, """{"errors":[{"message":"The request's \"variables\" must be an object.","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{ echo }","operationName":{}}""", GraphQLResponse, 400, GraphQLResponse, """{"errors":[{"message":"The request's \"operationName\" must be a string.","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("""{"query":"{ echo }","extensions":"x"}""", GraphQLResponse, 400, GraphQLResponse, """{"errors":[{"message":"The request's \"extensions\" must be an object.","extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    public async Task Requests_are_answered_as_graphql_over_http_says(string body, string accept, int status, string mediaType, string expected)
    {
        using var response = await Post(body, accept);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.ToString().ShouldBe($"{mediaType}; charset=utf-8");
        (await response.Content.ReadAsStringAsync()).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, Json)]
    [InlineData("*/*", Json)]
    [InlineData("application/*", Json)]
    [InlineData("application/graphql-response+json, application/json;q=0.9", GraphQLResponse)]
    [InlineData("application/graphql-response+json;q=0.5, application/json", Json)]
    [InlineData("application/graphql-response+json; charset=utf-8, */*", GraphQLResponse)]
    [InlineData("text/html", null)]
    [InlineData("application/json;q=0", null)]
    public async Task The_media_type_follows_the_accept_header(string? accept, string? mediaType)
    {
        using var response = await Post("""{"query":"{ echo }"}""", accept);
        response.StatusCode.ShouldBe(mediaType is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe(mediaType);
    }

    [Fact]
    public async Task A_body_that_is_not_json_says_where()
    {
        using var response = await Post("{\"query\": nonsense", GraphQLResponse);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("The request body is not JSON: ");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Other_content_types_are_refused(string contentType)
    {
        using var response = await Post("""{"query":"{ echo }"}""", Json, contentType);
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_refused_with_the_one_that_is_allowed(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/graphql?query={echo}");
        using var response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_beyond_the_limit_is_refused_whether_its_length_is_told_or_not(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = Body($"{{\"query\":\"{new string(' ', 3000)}\"}}", Json) };
        request.Headers.TransferEncodingChunked = isChunked;
        using var response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadAsStringAsync()).ShouldContain("LIMIT_EXCEEDED");
    }

    private async Task<HttpResponseMessage> Post(string body, string? accept, string contentType = Json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = Body(body, contentType) };
        request.Headers.TryAddWithoutValidation("x-test", "seen");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await _client.SendAsync(request);
    }

    private static ByteArrayContent Body(string text, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }
}
