using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using S2nTls.AspNetCore;

namespace S2nTls.Elsewhere;

/// <summary>
/// An application that says what secures its connections, and who asks. Settings: <c>fallback</c>; <c>policy</c>; <c>tickets</c>; <c>roots</c> (root.pem)
/// and <c>required</c> for client certificates; <c>callback</c>; and <c>code</c> for an endpoint in code that has certificate.pem, <c>selector</c> for one
/// with a selector.
/// </summary>
internal static class Serving
{
    internal static async Task<int> RunAsync(string[] settings, string[] configuration)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddCommandLine(configuration);
        builder.Logging.ClearProviders().AddProvider(new ConsoleLines());
        if (settings.Contains("code"))
        {
            builder.WebHost.ConfigureKestrel(kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2nPem("certificate.pem", "key.pem", https => Apply(settings, https))));
        }
        else if (settings.Contains("selector"))
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n(static (_, _, _) => default)));
        }
        else
        {
            builder.WebHost.UseS2n(https => Apply(settings, https));
        }

        WebApplication application;
        try
        {
            application = builder.Build();
            application.Run(static context => context.Response.WriteAsync(Describe(context)));
            await application.StartAsync();
        }
        catch (Exception e)
        {
            Console.WriteLine($"Failed: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }

        foreach (string address in application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
        {
            Console.WriteLine($"Listening on {address}");
        }

        Console.WriteLine("Started");
        await application.WaitForShutdownAsync();
        await application.DisposeAsync();
        return 0;
    }

    private static void Apply(string[] settings, S2nHttpsOptions https)
    {
        foreach (string setting in settings)
        {
            switch (setting)
            {
                case "fallback":
                    https.UseHttpsIfNotSupported = true;
                    break;
                case "policy":
                    https.Tls.SecurityPolicy = new S2nSecurityPolicy("20240503");
                    break;
                case "tickets":
                    https.Tls.TicketKeys = new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(new byte[32]));
                    break;
                case "roots":
                    https.Tls.TrustedRoots = [];
                    https.Tls.TrustedRoots.ImportFromPemFile("root.pem");
                    break;
                case "required":
                    https.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
                    break;
                case "callback":
                    https.Tls.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
                    break;
            }
        }
    }

    private static string Describe(HttpContext context)
    {
        IFeatureCollection features = context.Features;
        string by = features.Get<IS2nConnectionFeature>() is not null ? "s2n" : features.Get<ISslStreamFeature>() is not null ? "SslStream" : "nothing";
        return $"{context.Request.Protocol} {context.Request.Scheme} {by} {features.Get<ITlsHandshakeFeature>()?.Protocol} {context.Connection.ClientCertificate?.Subject}".TrimEnd();
    }
}
