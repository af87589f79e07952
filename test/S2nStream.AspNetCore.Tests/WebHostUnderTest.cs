using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>An application under test on a port of its own, and what it has logged.</summary>
internal sealed class WebHostUnderTest : IAsyncDisposable
{
    private WebHostUnderTest(WebApplication application, LogKeeper log)
    {
        Application = application;
        Log = log;
    }

    public WebApplication Application { get; }

    public LogKeeper Log { get; }

    public IReadOnlyList<string> Addresses => [.. Application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    public int Port => new Uri(Addresses[0]).Port;

    public Uri Address => new($"https://localhost:{Port}/");

    /// <summary>Starts a server with one endpoint, and with what it should answer; by default the request's own address.</summary>
    public static Task<WebHostUnderTest> ListenAsync(
        Action<ListenOptions> configure, Action<WebApplication>? map = null, Action<WebApplicationBuilder>? build = null, bool defaultsFirst = false) =>
        StartAsync(
            builder =>
            {
                if (defaultsFirst)
                {
                    build?.Invoke(builder);
                }

                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, configure));
                if (!defaultsFirst)
                {
                    build?.Invoke(builder);
                }
            },
            map);

    public static async Task<WebHostUnderTest> StartAsync(Action<WebApplicationBuilder> build, Action<WebApplication>? map = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        var log = new LogKeeper();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        build(builder);
        WebApplication application = builder.Build();
        if (map is null)
        {
            application.Run(context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Scheme}"));
        }
        else
        {
            map(application);
        }

        try
        {
            await application.StartAsync().WithDeadline();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new WebHostUnderTest(application, log);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Application.StopAsync(limit.Token).WithDeadline();
        await Application.DisposeAsync();
    }
}
