using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using S2nTls.AspNetCore;

namespace Examples;

/// <summary>The page that tells a visitor how the connection is secured.</summary>
internal static class VisitorPage
{
    private const string Head =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Your connection</title>
        <link rel="icon" href="data:,">
        <style>
          :root { color-scheme: light dark; --ground: #f4f6f8; --card: #fff; --text: #1b2733; --quiet: #5d6b79; --line: #e3e8ed; --good: #0a7d4f; }
          @media (prefers-color-scheme: dark) { :root { --ground: #10161c; --card: #18212a; --text: #e6edf3; --quiet: #93a1af; --line: #26323d; --good: #3ecf8e; } }
          body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
          main { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 2rem 2.25rem; margin: 1rem; max-width: 44rem; }
          h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
          p { margin: 0 0 1.25rem; color: var(--quiet); }
          table { border-collapse: collapse; width: 100%; }
          th, td { text-align: left; vertical-align: top; padding: .55rem 0; border-top: 1px solid var(--line); }
          th { font-weight: 500; color: var(--quiet); padding-right: 2rem; white-space: nowrap; }
          td { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
          .good { color: var(--good); font-weight: 600; }
        </style>
        </head>
        <body>
        <main>
        <h1>Your connection is secured by s2n-tls</h1>
        <p>This is what your browser and this server have agreed on.</p>
        <table>

        """;

    public static Task WriteAsync(HttpContext context)
    {
        ITlsHandshakeFeature handshake = context.Features.GetRequiredFeature<ITlsHandshakeFeature>();
        IS2nConnectionFeature s2n = context.Features.GetRequiredFeature<IS2nConnectionFeature>();
        bool isPostQuantum = s2n.KeyExchangeGroup?.ToString().Contains("MLKEM", StringComparison.Ordinal) == true;

        var page = new StringBuilder(Head);
        Row(page, "HTTP", context.Request.Protocol, "http");
        Row(page, "TLS", handshake.Protocol.ToString(), "protocol");
        Row(page, "Cipher suite", $"{handshake.NegotiatedCipherSuite}", "suite");
        Row(page, "Key exchange", s2n.KeyExchangeGroup?.ToString() ?? "RSA", "group", isGood: isPostQuantum);
        Row(page, "Post-quantum", isPostQuantum ? "yes: what is recorded today stays secret" : "no", "quantum", isGood: isPostQuantum);
        Row(page, "Session", s2n.IsSessionResumed ? "resumed" : "new", "session");
        Row(page, "Server name", handshake.HostName, "host");
        Row(page, "Your certificate", context.Connection.ClientCertificate?.Subject ?? "none", "certificate");
        Row(page, "Your address", $"{context.Connection.RemoteIpAddress}", "address");
        page.Append("</table>\n</main>\n</body>\n</html>\n");

        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    /// <summary>All that is shown is encoded: a certificate's subject is what its owner wants it to be.</summary>
    private static void Row(StringBuilder page, string name, string value, string id, bool isGood = false) =>
        page.Append("<tr><th>").Append(name).Append("</th><td id=\"").Append(id).Append(isGood ? "\" class=\"good\">" : "\">")
            .Append(WebUtility.HtmlEncode(value)).Append("</td></tr>\n");
}
