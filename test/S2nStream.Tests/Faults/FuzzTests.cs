using S2nTls.Reliability.Fuzzing;
using Xunit.Abstractions;

namespace S2nTls.Tests.Faults;

/// <summary>The short form of build/fuzz.sh.</summary>
[Collection(nameof(Alone))]
public class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    [Needs("openssl", "gnutls-cli", "gnutls-serv", "curl")]
    public async Task Ten_thousand_damaged_inputs_give_documented_errors_and_leave_nothing()
    {
        const int Inputs = 10_000;
        int seed = Environment.TickCount;
        using var run = new FuzzRun(await CorpusCapture.CaptureAsync(), seed);
        await run.RunAsync(Inputs / 10, CancellationToken.None).WithDeadline();
        long before = await NativeAllocations.SettledAsync();
        await run.RunAsync(Inputs, CancellationToken.None).WithDeadline(TimeSpan.FromMinutes(2));
        output.WriteLine($"seed {seed}: {string.Join(", ", run.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))}");
        Assert.True(run.Findings.Count == 0, string.Join('\n', run.Findings));
        Assert.InRange(run.Done, Inputs, long.MaxValue);
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);
    }

    [Fact]
    public void A_seed_repeats_its_input()
    {
        using var run = new FuzzRun(new Corpus([], []), 1);
        run.Try(7);
        IReadOnlyDictionary<string, long> first = new Dictionary<string, long>(run.Outcomes);
        run.Try(7);
        Assert.Equal(first.Keys, run.Outcomes.Keys);
        Assert.Equal(2, Assert.Single(run.Outcomes).Value);
    }
}
