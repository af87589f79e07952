using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>An application with one endpoint whose section <c>Sni</c> has certificates in files; and clients that ask for its names.</summary>
public abstract class ServerNameCases : IDisposable
{
    private protected TempDirectory Directory { get; } = new();

    public void Dispose()
    {
        Directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Task<WebHostUnderTest> StartAsync(
        bool overS2n,
        Dictionary<string, Dictionary<string, string?>> names,
        Dictionary<string, string?>? endpoint = null,
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? map = null) => WebHostUnderTest.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:Public:Url"] = "https://127.0.0.1:0" });
            builder.Configuration.AddInMemoryCollection((endpoint ?? []).Select(setting => KeyValuePair.Create($"Kestrel:Endpoints:Public:{setting.Key}", setting.Value)));
            foreach ((string name, Dictionary<string, string?> settings) in names)
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"Kestrel:Endpoints:Public:Sni:{name}"] = null }); // as {} in JSON
                builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Kestrel:Endpoints:Public:Sni:{name}:{setting.Key}", setting.Value)));
            }

            if (overS2n)
            {
                builder.WebHost.UseS2n();
            }

            build?.Invoke(builder);
        },
        map);

    /// <summary>The name that a program asks for, as it stands: .NET's own clients would send another.</summary>
    /// <returns>The subject of the certificate that it is sent.</returns>
    internal static async Task<string> AskedByOpensslAsync(int port, string name)
    {
        // With a shell, which can name bytes that are no text.
        await using PeerProgram client = PeerProgram.Start(
            "sh",
            ["-c", $"openssl s_client -connect 127.0.0.1:{port} -servername \"$(printf '%b' '{name}')\" -nameopt utf8 </dev/null 2>&1; true"],
            new TempDirectory());
        using var output = new StreamReader(client.Output);
        string said = await output.ReadToEndAsync().WithDeadline();
        await client.ExpectSuccessAsync();
        return said.Split('\n').FirstOrDefault(static line => line.StartsWith("subject=", StringComparison.Ordinal))?["subject=".Length..] ?? said;
    }


    private protected Dictionary<string, string?> Certificate(string name, params (string Key, string Value)[] settings)
    {
        (string certificate, string key) = Pem(name);
        var all = new Dictionary<string, string?> { ["Certificate:Path"] = certificate, ["Certificate:KeyPath"] = key };
        foreach ((string setting, string value) in settings)
        {
            all[setting] = value;
        }

        return all;
    }

    private protected (string Certificate, string Key) Pem(string name)
    {
        (string Certificate, string Key) files = (Directory.PathOf($"{name}.pem"), Directory.PathOf($"{name}.key"));
        if (!File.Exists(files.Key))
        {
            Write(TestAuthority.Default.Issue(subject: $"CN={name}"), files.Certificate, files.Key, static key => key.ExportPkcs8PrivateKeyPem());
        }

        return files;
    }

    private protected static void Write(X509Certificate2 certificate, string certificateFile, string keyFile, Func<ECDsa, string> export)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, export(key));
    }

    private protected static async Task<string> SubjectAsync(int port, string name)
    {
        await using SslStream client = await ConnectAsync(port, name);
        return client.RemoteCertificate!.Subject;
    }

    private protected static async Task<string> AskAsync(SslStream client)
    {
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        return await new StreamReader(client).ReadToEndAsync().WithDeadline();
    }

    /// <summary>A client that takes the certificate of any name: which it is given is what is asked here.</summary>
    private protected static async Task<SslStream> ConnectAsync(int port, string name, params SslApplicationProtocol[] alpn)
    {
        var stream = new SslStream(await DialAsync(port));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
                ApplicationProtocols = [.. alpn],
            }).WithDeadline();
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private protected static async Task<NetworkStream> DialAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port).WithDeadline();
        return new NetworkStream(socket, ownsSocket: true);
    }
}
