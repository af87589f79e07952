using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>
/// One connection with options of the test's choice, and what became of it on both ends: a handshake, then a word
/// from the server, because a client of TLS 1.3 hears only then whether the server has accepted it.
/// </summary>
internal sealed class Talk : IAsyncDisposable
{
    private readonly Stream _clientInner;
    private readonly Stream _serverInner;

    private Talk(Pair pair, Callbacks? client, Callbacks? server)
    {
        (_clientInner, _serverInner) = DuplexPipe.CreateStreams();
        Client = pair.Client().Create(_clientInner, false, client?.Validation, client?.Selection, client?.Policy ?? EncryptionPolicy.RequireEncryption);
        Server = pair.Server().Create(_serverInner, false, server?.Validation, server?.Selection, server?.Policy ?? EncryptionPolicy.RequireEncryption);
    }

    public TlsEnd Client { get; }

    public TlsEnd Server { get; }

    public Exception? ClientError { get; private set; }

    public Exception? ServerError { get; private set; }

    /// <summary>Whether the server's word has arrived.</summary>
    public bool HasCrossed { get; private set; }

    /// <summary>A server that shows the test authority's certificate; clients' certificates are judged by that authority too.</summary>
    public static SslServerAuthenticationOptions ServerOptions(SslProtocols protocol, Action<SslServerAuthenticationOptions>? change = null)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = TestAuthority.Localhost,
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            AllowTlsResume = false,
        };
        change?.Invoke(options);
        return options;
    }

    /// <summary>A client that trusts the test authority.</summary>
    public static SslClientAuthenticationOptions ClientOptions(Action<SslClientAuthenticationOptions>? change = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            AllowTlsResume = false,
        };
        change?.Invoke(options);
        return options;
    }

    /// <param name="pair">The types of the two ends.</param>
    /// <param name="protocol">The server's only protocol version.</param>
    /// <param name="server">Changes the server's options.</param>
    /// <param name="client">Changes the client's options.</param>
    /// <param name="serverCallbacks">What the server's constructor is given.</param>
    /// <param name="clientCallbacks">What the client's constructor is given.</param>
    /// <param name="choose">Has the server choose its options by the client's hello; its options are <paramref name="server"/>'s otherwise.</param>
    public static async Task<Talk> RunAsync(
        Pair pair,
        SslProtocols protocol,
        Action<SslServerAuthenticationOptions>? server = null,
        Action<SslClientAuthenticationOptions>? client = null,
        Callbacks? serverCallbacks = null,
        Callbacks? clientCallbacks = null,
        Func<Talk, ServerOptionsSelectionCallback>? choose = null)
    {
        var talk = new Talk(pair, clientCallbacks, serverCallbacks);
        Task serving = Task.Run(async () =>
        {
            talk.ServerError = await Record.ExceptionAsync(async () =>
            {
                Task handshake = choose is null
                    ? talk.Server.AuthenticateAsync(ServerOptions(protocol, server))
                    : talk.Server.AuthenticateAsync(choose(talk), "state");
                await handshake.WithDeadline();
                await talk.Server.Stream.SendAsync("word");
            });
            HangUpAfter(talk.ServerError, talk._serverInner);
        });
        talk.ClientError = await Record.ExceptionAsync(async () =>
        {
            await talk.Client.AuthenticateAsync(ClientOptions(client)).WithDeadline();
            byte[] word = new byte[4];
            talk.HasCrossed = await talk.Client.Stream.ReadAtLeastAsync(word, 4, throwOnEndOfStream: false).WithDeadline() == 4;
        });
        HangUpAfter(talk.ClientError, talk._clientInner);
        await serving.WithDeadline();
        Assert.False(talk.ClientError is TimeoutException || talk.ServerError is TimeoutException, $"{talk.ClientError} {talk.ServerError}");
        return talk;
    }

    /// <summary>Nobody had an error, and the word has crossed.</summary>
    public Talk Succeeds()
    {
        Assert.Null(ServerError);
        Assert.Null(ClientError);
        Assert.True(HasCrossed);
        return this;
    }

    /// <summary>The server threw this, and nothing that it wrote has reached the client.</summary>
    public T ServerFails<T>() where T : Exception
    {
        Assert.False(HasCrossed);
        return Assert.IsType<T>(ServerError);
    }

    /// <summary>The client threw this, and nothing that the server wrote has reached it.</summary>
    public T ClientFails<T>() where T : Exception
    {
        Assert.False(HasCrossed);
        return Assert.IsType<T>(ClientError);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.Stream.DisposeAsync().WithDeadline();
        await Server.Stream.DisposeAsync().WithDeadline();
    }

    /// <summary>As a program does that has no use for a failed connection: the peer then waits for nothing.</summary>
    private static void HangUpAfter(Exception? error, Stream inner)
    {
        if (error is not null)
        {
            inner.Dispose();
        }
    }

    /// <summary>What a constructor takes.</summary>
    internal sealed record Callbacks(
        RemoteCertificateValidationCallback? Validation = null,
        LocalCertificateSelectionCallback? Selection = null,
        EncryptionPolicy Policy = EncryptionPolicy.RequireEncryption);
}
