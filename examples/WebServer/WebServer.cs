using System.Net;
using S2nTls.AspNetCore;

namespace Examples;

/// <summary>A web application whose https is s2n-tls: one line of it says so.</summary>
internal sealed class WebServer
{
    public required IPEndPoint EndPoint { get; init; }

    public required Action<S2nHttpsOptions> Configure { get; init; }

    public async Task RunAsync(CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(EndPoint, listen => listen.UseS2n(Configure)));

        await using WebApplication application = builder.Build();
        application.MapGet("/", context => VisitorPage.WriteAsync(context));

        await application.StartAsync(stop);
        Console.WriteLine($"Listening on {application.Urls.First()}.");
        await application.WaitForShutdownAsync(stop);
    }
}
