using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>A logger that remembers errors: the signalling loop survives a defect and reports it, and no test may pass over one.</summary>
internal sealed class DefectWatch : ILogger, ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<string> _defects = [];

    public void ShouldHaveSeenNone()
    {
        lock (_lock)
        {
            _defects.ShouldBeEmpty();
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_lock)
            {
                _defects.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // It writes nowhere.
    }

    public void Dispose()
    {
        // It holds nothing.
    }
}
