using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogKeeper : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose() { }

    /// <summary>Waits until something has been logged.</summary>
    public async Task<LogEntry> WaitForAsync(Func<LogEntry, bool> isIt)
    {
        for (long start = Environment.TickCount64; Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds;)
        {
            if (_entries.FirstOrDefault(isIt) is { } entry)
            {
                return entry;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"It was not logged. What was:\n{string.Join('\n', _entries)}");
    }

    private sealed class Logger(string category, ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception)
            {
                Values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
            });
    }
}

internal sealed record LogEntry(string Category, LogLevel Level, EventId Id, string Text, Exception? Exception)
{
    /// <summary>What the text was made of.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values { get; init; } = [];
}
