using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Certificates;
using S2nTls.Tests.EarlyData;
using S2nTls.Tests.PreSharedKeys;

namespace S2nTls.Tests.Engine;

/// <summary>Every way in which a stream calls the application's code, by name, each with a gate in it.</summary>
internal static class Hook
{
    public const string ClientHello = "client hello";
    public const string Options = "options of a server";
    public const string PreSharedKey = "pre-shared key";
    public const string EarlyDataGuard = "guard of early data";
    public const string ServerSignature = "awaited signature of a server";
    public const string ClientSignature = "awaited signature of a client";
    public const string RevocationLists = "revocation lists";

    public const string PrivateKey = "private key";
    public const string SessionTaken = "session taken";
    public const string SessionAddedInHandshake = "session added in a handshake";
    public const string SessionAddedInRead = "session added in a read";
    public const string TicketContext = "early data's context in a ticket";
    public const string TicketContextAfterHello = "early data's context in a ticket, of a context that is selected";
    public const string ServerValidation = "validation of a server";
    public const string ClientValidation = "validation of a client";
    public const string ClientCertificate = "certificate of a client";
    public const string RequestedCertificate = "certificate of a client that is asked for one";
    public const string ServerCertificate = "certificate of a server";

    /// <summary>Those that are waited for, and are given a token.</summary>
    public static readonly string[] Awaited =
        [ClientHello, Options, PreSharedKey, EarlyDataGuard, ServerSignature, ClientSignature, RevocationLists, SessionTaken];

    /// <summary>Those that keep the thread which calls them.</summary>
    public static readonly string[] Functions =
    [
        PrivateKey, SessionAddedInHandshake, SessionAddedInRead, TicketContext, TicketContextAfterHello,
        ServerValidation, ClientValidation, ClientCertificate, RequestedCertificate, ServerCertificate,
    ];

    /// <summary>Makes a connection that comes to a hook. The gate is closed.</summary>
    public static async Task<HookedCall> CallAsync(string hook, Gate gate, bool overPipes = false, CancellationToken cancellationToken = default)
    {
        (S2nStream client, S2nStream server) = Join(overPipes);
        var owned = new List<IDisposable>();
        T Own<T>(T context) where T : IDisposable
        {
            owned.Add(context);
            return context;
        }

        S2nContext Server(Action<S2nServerOptions> configure) => Own(TestContexts.MakeServer(configure));
        S2nContext Client(Action<S2nClientOptions> configure) => Own(TestContexts.MakeClient(configure));
        HookedCall Started(S2nStream stream, Task call, S2nStream peer, Task peerCall)
        {
            var started = new HookedCall(stream, call, peer, peerCall);
            started.Owned.AddRange(owned);
            return started;
        }

        // On threads of their own: a hook may keep the thread that begins.
        HookedCall OnServer(Func<Task> accept, S2nContext? with = null, ReadOnlyMemory<byte> early = default) => Started(
            server, Begin(accept), client, client.AuthenticateAsClientAsync(with ?? TestContexts.Client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = early }, CancellationToken.None));
        HookedCall OnClient(Func<Task> connect, S2nContext? with = null) => Started(
            client, Begin(connect), server, server.AuthenticateAsServerAsync(with ?? TestContexts.Server, CancellationToken.None));
        Task Accept(S2nContext context) => server.AuthenticateAsServerAsync(context, cancellationToken);
        Task Connect(S2nContext context) => client.AuthenticateAsClientAsync(context, "localhost", cancellationToken);

        switch (hook)
        {
            case ClientHello:
                return OnServer(() => server.AuthenticateAsServerAsync(
                    async (_, _, token) =>
                    {
                        await gate.PassAsync(token);
                        return TestContexts.Server;
                    },
                    cancellationToken));

            case Options:
                return OnServer(() => server.AuthenticateAsServerAsync(
                    async (_, _, _, token) =>
                    {
                        await gate.PassAsync(token);
                        return new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost };
                    },
                    null,
                    cancellationToken));

            case PreSharedKey:
                {
                    S2nPreSharedKey key = Own(PreSharedKeyPair.Key("device"));
                    S2nContext context = Own(PreSharedKeyPair.MakeServer(options => options.PreSharedKeySelectionCallback = async (_, token) =>
                    {
                        await gate.PassAsync(token);
                        return key;
                    }));
                    return OnServer(() => Accept(context), Own(PreSharedKeyPair.MakeClient(key)));
                }

            case EarlyDataGuard:
                {
                    S2nContext context = Own(EarlyDataPair.MakeServer(new AnsweringGuard(async (_, token) =>
                    {
                        await gate.PassAsync(token);
                        return true;
                    })));
                    S2nContext introduced = Own(EarlyDataPair.MakeClient());
                    await EarlyDataPair.IntroduceAsync(introduced, context);
                    return OnServer(() => Accept(context), introduced, EarlyDataPair.Bytes(10));
                }

            case ServerSignature:
                {
                    S2nCertificate certificate = Own(S2nCertificate.FromX509(TestAuthority.Localhost, Signer(gate)));
                    S2nContext context = Server(options => options.Certificates[0] = certificate);
                    return OnServer(() => Accept(context));
                }

            case ClientSignature:
                {
                    S2nCertificate certificate = Own(S2nCertificate.FromX509(TestAuthority.Default.Issue(forClients: true), Signer(gate)));
                    S2nContext context = Client(options => options.Certificate = certificate);
                    return OnClient(() => Connect(context), Server(options =>
                    {
                        options.ClientCertificateMode = S2nClientCertificateMode.Required;
                        options.TrustedRoots = TestAuthority.Default.Roots;
                    }));
                }

            case RevocationLists:
                {
                    S2nContext context = Client(options => options.RevocationLists = new Lists(gate));
                    return OnClient(() => Connect(context));
                }

            case PrivateKey:
                {
                    var identity = new SigningIdentity();
                    identity.Use.Before = () => gate.Pass();
                    S2nCertificate certificate = Own(identity.Load());
                    S2nContext context = Server(options => options.Certificates[0] = certificate);
                    return OnServer(() => Accept(context));
                }

            case SessionTaken or SessionAddedInHandshake or SessionAddedInRead:
                {
                    bool is12 = hook == SessionAddedInHandshake;
                    S2nContext context = Client(options =>
                    {
                        options.AllowTlsResume = true;
                        options.SessionCache = new Cache(hook == SessionTaken ? gate : null, hook == SessionTaken ? null : gate);
                        options.SecurityPolicy = is12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
                    });
                    S2nContext with = Server(options =>
                    {
                        options.AllowTlsResume = true;
                        options.SecurityPolicy = is12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
                    });
                    if (hook != SessionAddedInRead)
                    {
                        return OnClient(() => Connect(context), with);
                    }

                    await Task.WhenAll(Connect(context), server.AuthenticateAsServerAsync(with, CancellationToken.None)).WithDeadline();
                    await server.WriteAsync("a ticket comes first"u8.ToArray(), CancellationToken.None).WithDeadline();
                    return Started(client, Begin(() => client.ReadAsync(new byte[10], CancellationToken.None).AsTask()), server, server.ReadAsync(new byte[10], CancellationToken.None).AsTask());
                }

            case TicketContext or TicketContextAfterHello:
                {
                    S2nContext context = Own(EarlyDataPair.MakeServer(new SealingGuard(gate)));
                    return OnServer(() => hook == TicketContext
                        ? Accept(context)
                        : server.AuthenticateAsServerAsync((_, _, _) => ValueTask.FromResult<S2nContext?>(context), cancellationToken));
                }

            case ServerValidation:
                {
                    S2nContext context = Client(options => options.RemoteCertificateValidationCallback = Validate);
                    return OnClient(() => Connect(context));
                }

            case ClientValidation:
                {
                    S2nContext context = Server(options =>
                    {
                        options.ClientCertificateMode = S2nClientCertificateMode.Optional;
                        options.RemoteCertificateValidationCallback = Validate;
                    });
                    return OnServer(() => Accept(context));
                }

            case ClientCertificate or RequestedCertificate:
                return OnClient(
                    () => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                    {
                        TargetHost = "localhost",
                        CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                        LocalCertificateSelectionCallback = (_, _, _, certificate, _) =>
                        {
                            if (certificate is not null || hook == ClientCertificate)
                            {
                                gate.Pass();
                            }

                            return null!;
                        },
                    }),
                    Server(options =>
                    {
                        options.ClientCertificateMode = S2nClientCertificateMode.Optional;
                        options.TrustedRoots = TestAuthority.Default.Roots;
                    }));

            case ServerCertificate:
                return OnServer(() => server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificateSelectionCallback = (_, _) =>
                    {
                        gate.Pass();
                        return TestAuthority.Localhost;
                    },
                }));

            default:
                throw new ArgumentException(hook, nameof(hook));
        }

        bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            gate.Pass();
            return errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;
        }
    }

    private static Task Begin(Func<Task> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static (S2nStream Client, S2nStream Server) Join(bool overPipes)
    {
        if (overPipes)
        {
            (DuplexPipe clientPipe, DuplexPipe serverPipe) = DuplexPipe.Create();
            return (new S2nStream(clientPipe), new S2nStream(serverPipe));
        }

        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        return (new S2nStream(clientEnd), new S2nStream(serverEnd));
    }

    private static ScriptedSigner Signer(Gate gate) => new(async (_, token) =>
    {
        await gate.PassAsync(token);
        return [];
    });

    private sealed class Lists(Gate gate) : S2nRevocationListProvider
    {
        public override async ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return null;
        }
    }

    private sealed class Cache(Gate? atTake, Gate? atAdd) : S2nSessionCache
    {
        public override ValueTask AddAsync(S2nSession session)
        {
            atAdd?.Pass();
            return default;
        }

        public override async ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken)
        {
            await (atTake?.PassAsync(cancellationToken) ?? default);
            return null;
        }
    }

    private sealed class SealingGuard(Gate gate) : S2nEarlyDataGuard
    {
        public override ReadOnlyMemory<byte> CreateTicketContext()
        {
            gate.Pass();
            return default;
        }

        public override ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken) => default;
    }
}
