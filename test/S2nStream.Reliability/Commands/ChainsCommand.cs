using System.CommandLine;
using System.Diagnostics;
using S2nTls.Reliability.Chains;

namespace S2nTls.Reliability.Commands;

/// <summary>Has generated certificate chains judged by five judges.</summary>
internal static class ChainsCommand
{
    internal static Command Create()
    {
        var count = new Option<int>("--count") { Description = "How many chains.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "The first chain's seed; the others count up from it.", DefaultValueFactory = _ => Random.Shared.Next(int.MaxValue / 2) };
        var gnuTlsEvery = new Option<int>("--gnutls-every") { Description = "Every how many chains certtool is asked too; 0 for never.", DefaultValueFactory = _ => 1 };
        var named = new Option<bool>("--named") { Description = "All named cases, instead of generated ones." };
        var directory = new Option<string>("--findings") { Description = "Where chains are kept that nothing explains.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "s2nstream-chains") };
        var command = new Command("chains", "Has certificate chains judged by s2n's way, .NET's way, SslStream, OpenSSL and GnuTLS.") { count, seed, named, gnuTlsEvery, directory };
        command.SetAction(async (parsed, stop) =>
        {
            int first = parsed.GetValue(seed);
            Console.WriteLine($"seed {first}");
            var run = new ChainRun(parsed.GetValue(directory)!);
            var clock = Stopwatch.StartNew();
            Task running = run.RunAsync(
                parsed.GetValue(named) ? ChainCase.AllNamed() : Enumerable.Range(first, parsed.GetValue(count)).Select(chain => ChainCase.Generate(chain, parsed.GetValue(gnuTlsEvery))), stop);
            while (await Task.WhenAny(running, Task.Delay(5000, CancellationToken.None)) != running)
            {
                Console.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} {run.Done:N0} chains, {run.Done / clock.Elapsed.TotalSeconds:N0}/s, {run.Findings.Count} findings");
            }

            await running;
            foreach (string finding in run.Findings)
            {
                Console.WriteLine(finding);
            }

            Console.WriteLine("What the judges said:");
            Print(run.Agreements);
            Console.WriteLine("Known differences:");
            Print(run.Explained);
            Console.WriteLine($"{run.Done:N0} chains from seed {first} in {clock.Elapsed:hh\\:mm\\:ss} ({run.Done / clock.Elapsed.TotalSeconds:N0}/s); {run.NotShown:N0} could not be shown; {run.Findings.Count} findings");
            return run.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Print(IReadOnlyDictionary<string, long> counts)
    {
        foreach ((string what, long count) in counts.OrderByDescending(entry => entry.Value))
        {
            Console.WriteLine($"{count,10:N0} {what}");
        }
    }
}
