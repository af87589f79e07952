using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Runs when the server's URLs are known, and before anything is bound.</summary>
internal sealed class StartingCheck(EndpointRegister register, IServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        if (register.IsOfKestrel && server.Features.Get<IServerAddressesFeature>() is { } addresses)
        {
            register.ExpectUrls(addresses.Addresses);
            if (!(addresses.PreferHostingUrls && addresses.Addresses.Count > 0))
            {
                Refusal.ThrowIfAny(register.OnSslStream());
            }
        }

        return next;
    }
}
