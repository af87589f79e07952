using System.Diagnostics;
using System.Security.Cryptography;

namespace S2nTls.Tests.Sessions;

/// <summary>A provider of ticket keys that does as a test says: it stands for a key service that is slow, fails, or errs.</summary>
internal sealed class ScriptedKeys : S2nTicketKeyProvider, IDisposable
{
    private readonly S2nSharedSecretTicketKeys _keys = new(RandomNumberGenerator.GetBytes(32));
    private readonly Lock _lock = new();
    private readonly List<long> _asked = [];
    private readonly Dictionary<long, byte[]> _secrets = [];
    private int _inside;

    /// <summary>What the answer is, in the place of the period's key.</summary>
    public Func<long, S2nTicketKey?>? Answer { get; set; }

    /// <summary>Holds every call until it is set.</summary>
    public ManualResetEventSlim? Gate { get; set; }

    /// <summary>The periods that were asked for, in this order.</summary>
    public long[] Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>The most calls that have gone on at a time.</summary>
    public int MostAtATime { get; private set; }

    public bool WasOnThePool { get; private set; }

    public override S2nTicketKey? GetKey(long period)
    {
        lock (_lock)
        {
            _asked.Add(period);
            MostAtATime = Math.Max(MostAtATime, ++_inside);
            WasOnThePool = Thread.CurrentThread.IsThreadPoolThread;
        }

        try
        {
            if (Gate is { } gate && !gate.Wait(Deadline.Default))
            {
                throw new TimeoutException("The gate was not opened.");
            }

            return Answer is { } answer ? answer(period) : KeyOf(period);
        }
        finally
        {
            lock (_lock)
            {
                _inside--;
            }
        }
    }

    public void Dispose() => _keys.Dispose();

    public S2nTicketKey KeyOf(long period)
    {
        S2nTicketKey key = _keys.GetKey(period)!;
        lock (_lock)
        {
            _secrets[period] = key.Secret; // the very memory that the ring takes over
        }

        return key;
    }

    /// <summary>The memory of the secret that was last given for a period.</summary>
    public byte[] SecretOf(long period)
    {
        lock (_lock)
        {
            return _secrets[period];
        }
    }

    /// <summary>Ends when a call is going on.</summary>
    public async Task EnteredAsync()
    {
        for (var waited = Stopwatch.StartNew(); !IsEntered(); await Task.Delay(5))
        {
            Assert.True(waited.Elapsed < Deadline.Default, "Nobody asks.");
        }

        bool IsEntered()
        {
            lock (_lock)
            {
                return _inside > 0;
            }
        }
    }

    public void Forget()
    {
        lock (_lock)
        {
            _asked.Clear();
        }
    }
}
