// Handshakes that succeed, are resumed, and fail, and what OpenTelemetry is told of them. A number says how many rounds there are, one a second: with
// 60 there is time to watch the process with dotnet-counters.

using System.Globalization;
using Examples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

int rounds = args is [string text] ? int.Parse(text, CultureInfo.InvariantCulture) : 2;

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
#region snippet opentelemetry
builder.Services.AddOpenTelemetry()
    .WithMetrics(static metrics => metrics.AddMeter("S2nTls").AddConsoleExporter())
    .WithTracing(static tracing => tracing.AddSource("Experimental.System.Net.Security").AddConsoleExporter());
#endregion

using var conversations = new Conversations();
using (IHost host = builder.Build())
{
    await host.StartAsync();
    Console.WriteLine($"Process {Environment.ProcessId}.");
    for (int i = 0; i < rounds; i++)
    {
        await conversations.SucceedAsync();
        await conversations.FailAsync();
        await Task.Delay(TimeSpan.FromSeconds(i + 1 < rounds ? 1 : 0));
    }

    await host.StopAsync();
} // exports what is left
