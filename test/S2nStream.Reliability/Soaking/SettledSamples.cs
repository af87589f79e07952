using System.Diagnostics;

namespace S2nTls.Reliability.Soaking;

/// <summary>
/// What the process really holds, ten times in a run. Between the samples both heaps keep free memory for what is to
/// come, more of it the longer the load lasts: that says nothing about a leak.
/// </summary>
internal sealed class SettledSamples(TimeSpan interval)
{
    private readonly List<ProcessState> _samples = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _due = interval / 2;

    internal void TakeWhenDue()
    {
        if (_clock.Elapsed >= _due)
        {
            _samples.Add(ProcessState.Settled());
            _due = _clock.Elapsed + interval;
            Console.WriteLine($"really held: {_samples[^1]}");
        }
    }

    /// <summary>Whether the end of the run needed no more than its beginning.</summary>
    internal bool AreFlat()
    {
        if (_samples.Count < 3)
        {
            Console.WriteLine("The connections were not held for long enough to say whether memory and handles grow.");
            return true;
        }

        ProcessState first = _samples[1]; // the one before it, caches were being filled
        ProcessState last = _samples[^1];
        Console.WriteLine($"really held at first: {first}; at last: {last}");
        return last.Mebibytes < (first.Mebibytes * 1.05) + 10 && last.Handles < first.Handles + 100;
    }
}
