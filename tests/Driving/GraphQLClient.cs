using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CallCenter.Driving;

/// <summary>Asks a server over GraphQL, as a console or a script would.</summary>
internal sealed class GraphQLClient(Uri address) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public async Task SignInAsync(string password)
    {
        var payload = await AskAsync("mutation($password: String!) { signIn(userName: \"admin\", password: $password) { token errors { code } } }", new { password });
        var token = payload.GetProperty("signIn").GetProperty("token").GetString();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.ShouldNotBeNull());
    }

    /// <summary>The answer's data; fails when there are errors.</summary>
    public async Task<JsonElement> AskAsync(string query, object? variables = null)
    {
        var answer = await AnswerAsync(query, variables);
        answer.TryGetProperty("errors", out var errors).ShouldBeFalse($"{query}\n{errors}");
        return answer.GetProperty("data");
    }

    /// <summary>One root field of the answer's data, as <typeparamref name="T"/>.</summary>
    public async Task<T> AskAsync<T>(string field, string query, object? variables = null) =>
        (await AskAsync(query, variables)).GetProperty(field).Deserialize<T>(Json) ?? throw new InvalidOperationException($"{field} is null.");

    /// <summary>The whole answer, errors and all.</summary>
    public async Task<JsonElement> AnswerAsync(string query, object? variables = null)
    {
        using var response = await _http.PostAsJsonAsync(address, new { query, variables });
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public void Dispose() => _http.Dispose();
}
