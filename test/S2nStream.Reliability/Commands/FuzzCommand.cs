using System.CommandLine;
using System.Diagnostics;
using S2nTls.Reliability.Fuzzing;

namespace S2nTls.Reliability.Commands;

/// <summary>Feeds clients and servers what no peer should send.</summary>
internal static class FuzzCommand
{
    internal static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long at most.", DefaultValueFactory = _ => 10 };
        var inputs = new Option<long>("--inputs") { Description = "How many inputs at most.", DefaultValueFactory = _ => long.MaxValue };
        var seed = new Option<int>("--seed") { Description = "The first input's seed.", DefaultValueFactory = _ => Random.Shared.Next() };
        var command = new Command("fuzz", "Feeds clients and servers damaged ciphertext at every stage.") { minutes, inputs, seed };
        command.SetAction(async (parsed, stop) =>
        {
            int first = parsed.GetValue(seed);
            Console.WriteLine($"seed {first}");
            using var run = new FuzzRun(await CorpusCapture.CaptureAsync(), first);
            await run.RunAsync(1000, stop); // the first ones fill caches
            long nativeBefore = await NativeAllocations.SettledAsync();

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(TimeSpan.FromMinutes(parsed.GetValue(minutes)));
            var clock = Stopwatch.StartNew();
            Task running = run.RunAsync(parsed.GetValue(inputs), limit.Token);
            while (await Task.WhenAny(running, Task.Delay(1000, CancellationToken.None)) != running)
            {
                Console.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} {run.Done:N0} inputs, {run.Findings.Count} findings, {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");
            }

            await running;
            foreach ((string outcome, long count) in run.Outcomes.OrderByDescending(entry => entry.Value))
            {
                Console.WriteLine($"{count,12:N0} {outcome}");
            }

            long nativeAfter = await NativeAllocations.SettledAsync();
            Console.WriteLine($"{run.Done:N0} inputs; native allocations {nativeBefore:N0} -> {nativeAfter:N0}; {run.Findings.Count} findings");
            foreach (string finding in run.Findings)
            {
                Console.WriteLine(finding);
            }

            return run.Findings.Count == 0 && nativeAfter <= nativeBefore ? 0 : 1;
        });
        return command;
    }
}
