using System.Collections.Concurrent;
using System.Net;
using System.Text;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests.Ivr;

/// <summary>A bank's web service: accounts by number. It can be told to fail.</summary>
internal sealed class BankService : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly Task _serving;
    private int _failures;

    public BankService()
    {
        Address = $"http://127.0.0.1:{FreePorts.Tcp()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>Fails the next questions.</summary>
    public void Fail(int times) => _failures = times;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.RawUrl!;
            _asked.Enqueue($"{context.Request.HttpMethod} {path} {context.Request.Headers["x-key"]}");
            context.Response.StatusCode = Interlocked.Decrement(ref _failures) >= 0 ? 503 : path == "/accounts/4711" ? 200 : 404;
            var body = Encoding.UTF8.GetBytes("""{"owner": {"segment": "gold"}, "balance": 1250}""");
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
    }
}
