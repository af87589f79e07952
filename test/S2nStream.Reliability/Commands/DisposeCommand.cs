using System.CommandLine;
using System.Diagnostics;
using S2nTls.Reliability.Races;

namespace S2nTls.Reliability.Commands;

/// <summary>Disposes streams in the middle of every other call.</summary>
internal static class DisposeCommand
{
    internal static Command Create()
    {
        var times = new Option<long>("--times") { Description = "How many streams.", DefaultValueFactory = _ => 1_000_000 };
        var seed = new Option<int>("--seed") { Description = "The first one's seed.", DefaultValueFactory = _ => Random.Shared.Next() };
        var command = new Command("dispose", "Disposes streams in the middle of every other call, from another thread.") { times, seed };
        command.SetAction(async (parsed, stop) =>
        {
            long left = parsed.GetValue(times);
            int first = parsed.GetValue(seed);
            Console.WriteLine($"seed {first}");
            await new DisposalRace(first).RunOnceAsync();
            long nativeBefore = await NativeAllocations.SettledAsync();

            long done = 0;
            var clock = Stopwatch.StartNew();
            Task running = Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Task.Run(async () =>
            {
                while (Interlocked.Decrement(ref left) is var number and >= 0 && !stop.IsCancellationRequested)
                {
                    await new DisposalRace(unchecked(first + (int)number)).RunOnceAsync();
                    Interlocked.Increment(ref done);
                }
            })));
            while (await Task.WhenAny(running, Task.Delay(1000, CancellationToken.None)) != running)
            {
                Console.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} {Volatile.Read(ref done):N0} disposed, {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");
            }

            await running;
            long nativeAfter = await NativeAllocations.SettledAsync();
            Console.WriteLine($"{done:N0} streams disposed in the middle of a call, in {clock.Elapsed:hh\\:mm\\:ss}; native allocations {nativeBefore:N0} -> {nativeAfter:N0}");
            return nativeAfter <= nativeBefore ? 0 : 1;
        });
        return command;
    }
}
