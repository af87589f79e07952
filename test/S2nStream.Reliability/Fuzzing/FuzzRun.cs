using System.Collections.Concurrent;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>Many inputs, on all processors. Each has the seed of the run, plus its number.</summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>An input takes a millisecond. One that takes this long hangs.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly FuzzContexts[] _contexts = [new(S2nSecurityPolicy.DefaultTls13), new(TestContexts.Tls12Policy), new(S2nSecurityPolicy.DefaultPostQuantum)];
    private readonly Corpus _corpus;
    private readonly int _seed;
    private readonly ConcurrentDictionary<string, long> _outcomes = [];
    private readonly ConcurrentQueue<string> _findings = [];
    private long _next;
    private long _done;

    internal FuzzRun(Corpus corpus, int seed)
    {
        _corpus = corpus;
        _seed = seed;
    }

    /// <summary>How many inputs were tried.</summary>
    internal long Done => Volatile.Read(ref _done);

    /// <summary>What came of them, and how often.</summary>
    internal IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    /// <summary>What must not happen, and did, with the seed that repeats it.</summary>
    internal IReadOnlyCollection<string> Findings => _findings;

    /// <summary>Tries that many more, or until it is told to stop.</summary>
    internal Task RunAsync(long inputs, CancellationToken stop)
    {
        _next = Done;
        long end = inputs > long.MaxValue - _next ? long.MaxValue : _next + inputs;
        return Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => WorkAsync(end, stop)));
    }

    /// <summary>Tries one input.</summary>
    internal void Try(int seed)
    {
        try
        {
            string outcome = new FuzzCase(seed, _contexts, _corpus).Run();
            _outcomes.AddOrUpdate(outcome, 1, static (_, count) => count + 1);
        }
        catch (FuzzFinding finding)
        {
            _findings.Enqueue($"seed {seed}: {finding.Message}\n{finding.InnerException?.StackTrace}");
        }

        Interlocked.Increment(ref _done);
    }

    public void Dispose()
    {
        foreach (FuzzContexts contexts in _contexts)
        {
            contexts.Dispose();
        }
    }

    private async Task WorkAsync(long end, CancellationToken stop)
    {
        int current = 0;
        long since = Environment.TickCount64;
        Task work = Task.Factory.StartNew(
            () =>
            {
                while (Interlocked.Increment(ref _next) - 1 is var number && number < end && !stop.IsCancellationRequested)
                {
                    Volatile.Write(ref current, unchecked(_seed + (int)number));
                    Volatile.Write(ref since, Environment.TickCount64);
                    Try(current);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        while (await Task.WhenAny(work, Task.Delay(1000, CancellationToken.None)) != work)
        {
            if (Environment.TickCount64 - Volatile.Read(ref since) > s_patience.TotalMilliseconds)
            {
                _findings.Enqueue($"seed {Volatile.Read(ref current)}: hangs");
                return; // the thread is lost
            }
        }

        await work;
    }
}
