using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using S2nTls.Reliability.Soaking;

namespace S2nTls.Reliability.Commands;

/// <summary>A server under load for a long time, with its clients in a process of their own.</summary>
internal static class SoakCommand
{
    internal static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
        var connections = new Option<int>("--connections") { Description = "How many are held.", DefaultValueFactory = _ => 10_000 };
        var comers = new Option<int>("--comers") { Description = "How many come and go at a time.", DefaultValueFactory = _ => 8 };
        var command = new Command("soak", "Holds connections with data trickling on each, while others come and go and some stall.") { minutes, connections, comers };
        command.SetAction((parsed, stop) => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(connections), parsed.GetValue(comers), stop));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan time, int connections, int comers, CancellationToken stop)
    {
        using S2nContext context = TestContexts.MakeServer();
        long nativeBefore = await NativeAllocations.SettledAsync();
        bool isClean;
        using (var server = new SoakServer(context))
        {
            string root = Path.GetTempFileName();
            await File.WriteAllTextAsync(root, TestAuthority.Default.RootPem, stop);
            using Process clients = Start("soak-clients", $"{server.Port}", root, $"{connections}", $"{comers}", time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            var samples = new SettledSamples(time / 10);
            string last = "";
            while (await clients.StandardOutput.ReadLineAsync(stop) is { } line)
            {
                last = line;
                Console.WriteLine($"server: {server.Held:N0} held, {server.Served:N0} served, {server.Failed:N0} failed, {server.Bytes:N0} bytes, {ProcessState.Now()}; clients: {line}");
                if (server.Held >= connections)
                {
                    samples.TakeWhenDue();
                }
            }

            await clients.WaitForExitAsync(stop);
            File.Delete(root);
            Console.WriteLine($"the last line of the clients: {last}");
            isClean = clients.ExitCode == 0 & samples.AreFlat();
        }

        await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
        long nativeAfter = await NativeAllocations.SettledAsync();
        Console.WriteLine($"native allocations {nativeBefore:N0} -> {nativeAfter:N0}");
        return isClean && nativeAfter <= nativeBefore ? 0 : 1;
    }

    private static Process Start(params string[] arguments)
    {
        string own = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(own) == "dotnet";
        return Process.Start(new ProcessStartInfo(own, isHost ? [Assembly.GetExecutingAssembly().Location, .. arguments] : arguments) { RedirectStandardOutput = true })!;
    }
}
