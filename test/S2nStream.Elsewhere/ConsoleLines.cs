using Microsoft.Extensions.Logging;

namespace S2nTls.Elsewhere;

/// <summary>Writes each warning to the console, as one line with its category, event and exception.</summary>
internal sealed class ConsoleLines : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void Dispose() { }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.WriteLine($"{logLevel} {category} {eventId.Id} {eventId.Name}: {formatter(state, exception)} ({exception?.GetType().Name})");
            }
        }
    }
}
