using System.Net;
using System.Text;
using System.Text.Json;

using CallCenter.Domain.Flows;

namespace CallCenter.Routing.Ivr;

/// <summary>Asks over HTTP. Redirections are not followed: a flow's author says who is asked.</summary>
internal sealed class HttpLookup : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <exception cref="HttpRequestException">The other side cannot be reached, or says more than 256 KiB.</exception>
    /// <exception cref="JsonException">It does not speak JSON.</exception>
    public async Task<FlowAnswer> AskAsync(FlowHttpQuestion question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(question.Method), question.Url);
        if (question.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in question.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return new FlowAnswer.Missing();
        }

        if (!response.IsSuccessStatusCode)
        {
            return new FlowAnswer.Failed($"status {(int)response.StatusCode}");
        }

        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new FlowAnswer.Found(answer.Length == 0 ? JsonElement.Parse("{}") : JsonElement.Parse(answer));
    }

    public void Dispose() => _client.Dispose();
}
