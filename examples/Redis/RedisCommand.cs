using System.CommandLine;
using System.Net;
using S2nTls;
using StackExchange.Redis;

namespace Examples;

/// <summary>The command line of the Redis client.</summary>
internal static class RedisCommand
{
    private const string TryIt =
        """
        Try it:
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
              -addext subjectAltName=DNS:localhost -keyout server.key -out server.pem
          redis-server --port 0 --tls-port 6380 --tls-auth-clients no \
              --tls-cert-file server.pem --tls-key-file server.key --tls-ca-cert-file server.pem
        and at another terminal:
          dotnet run --project examples/Redis -- --ca server.pem -- SET greeting hello
          dotnet run --project examples/Redis -- --ca server.pem -- GET greeting
        """;

    public static RootCommand Create()
    {
        var words = new Argument<string[]>("command")
        {
            Description = "A command of Redis and its arguments.",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => ["PING"],
        };
        var host = new Option<string>("--host") { Description = "The server's name or address.", HelpName = "name", DefaultValueFactory = _ => "localhost" };
        Option<int> port = CommonOptions.Number("--port", "port", 6380, 1, IPEndPoint.MaxPort, "The server's port for TLS.");
        Option<FileInfo> ca = CommonOptions.ExistingFile("--ca", "The roots to trust, PEM. Default: the system's.");
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "A certificate for servers that ask for one, PEM.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();
        var command = new RootCommand("Sends a command to a Redis server with StackExchange.Redis, through TLS, and prints the answer.")
        {
            words, host, port, ca, certificate, key, policy,
        };
        command.RequireBothOrNone(certificate, key);
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, _) =>
        {
            var options = new S2nClientOptions { SecurityPolicy = parsed.GetRequiredValue(policy) };
            if (parsed.GetValue(ca) is { } roots)
            {
                options.TrustedRoots = PemFiles.ReadRoots(roots);
            }

            using S2nCertificate? ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!)
                : null;
            options.Certificate = ownCertificate;

            using S2nContext context = S2nContext.CreateClient(options);
            string server = parsed.GetRequiredValue(host);
            await using ConnectionMultiplexer redis = await ConnectAsync(context, server, parsed.GetValue(port));
            string[] said = parsed.GetRequiredValue(words);
            RedisResult answer = await redis.GetDatabase().ExecuteAsync(said[0], [.. said[1..]]);
            Console.WriteLine(answer.ToString());
            return 0;
        });
        return command;
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(S2nContext context, string host, int port)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { host, port } },
            Ssl = false, // TLS is the tunnel's
            Tunnel = new S2nTunnel(context, host),
            ConnectRetry = 1,
        };
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(options);
        }
        catch (RedisConnectionException e)
        {
            throw new IOException($"Cannot connect to {host}:{port}: {ErrorText.Of(e.InnerException ?? e)}", e);
        }
    }
}
