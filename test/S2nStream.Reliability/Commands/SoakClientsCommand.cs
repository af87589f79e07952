using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Soaking;

namespace S2nTls.Reliability.Commands;

/// <summary>The clients of a soak; it is started by it.</summary>
internal static class SoakClientsCommand
{
    internal static Command Create()
    {
        var port = new Argument<int>("port");
        var root = new Argument<FileInfo>("root");
        var connections = new Argument<int>("connections");
        var comers = new Argument<int>("comers");
        var seconds = new Argument<double>("seconds");
        var command = new Command("soak-clients") { port, root, connections, comers, seconds };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            using S2nContext context = S2nContext.CreateClient(new S2nClientOptions
            {
                TrustedRoots = [X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(parsed.GetRequiredValue(root).FullName, stop))],
            });
            var clients = new SoakClients(parsed.GetValue(port), context);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            Task running = clients.RunAsync(parsed.GetValue(connections), TimeSpan.FromSeconds(10), parsed.GetValue(comers), stalled: 20, limit.Token);
            while (await Task.WhenAny(running, Task.Delay(1000, CancellationToken.None)) != running)
            {
                Write(clients);
            }

            await running;
            Write(clients);
            return clients.Error is null ? 0 : 1;
        });
        return command;
    }

    private static void Write(SoakClients clients) =>
        Console.WriteLine($"{clients.Held:N0} held, {clients.Cycles:N0} came and went, {clients.Bytes:N0} bytes right, {ProcessState.Now()}; {clients.Error ?? "no error"}");
}
