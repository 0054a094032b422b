using System.Net;
using System.Text;
using System.Text.Json;

using CallCenter.Domain.Flows;

namespace CallCenter.Routing.Ivr;

/// <summary>Asks over HTTP. Redirections are not followed: a flow's author says who is asked.</summary>
/// <param name="services">Those that flows know by name.</param>
internal sealed class HttpLookup(IReadOnlyDictionary<string, WebService> services) : IDisposable
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
        var service = question.Connection is { } name ? services.GetValueOrDefault(name) : null;
        if (question.Connection is not null && service is null)
        {
            return new FlowAnswer.Failed($"there is no connection {question.Connection}");
        }

        if ((service is null ? new Uri(question.Url) : service.Locate(question.Url)) is not { } address)
        {
            return new FlowAnswer.Failed($"the address leads out of connection {question.Connection}");
        }

        using var request = new HttpRequestMessage(new HttpMethod(question.Method), address);
        if (question.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (field, value) in service?.Headers ?? question.Headers)
        {
            request.Headers.TryAddWithoutValidation(field, value);
        }

        foreach (var (field, value) in question.Headers.Where(header => !request.Headers.NonValidated.Contains(header.Key)))
        {
            request.Headers.TryAddWithoutValidation(field, value);
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
