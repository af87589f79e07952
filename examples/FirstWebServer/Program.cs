#region snippet first-web-server
using Microsoft.AspNetCore.Http.Features;
using S2nTls;
using S2nTls.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseS2n(); // the one line
var app = builder.Build();

app.MapGet("/", (HttpContext context) =>
{
    S2nStream tls = context.Features.GetRequiredFeature<IS2nConnectionFeature>().Stream;
    return $"Hello over {tls.SslProtocol}, {tls.NegotiatedCipherSuite}\n";
});

app.Run();
#endregion
