using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Reflection;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Tests.Surface;

/// <summary>The settings are those of SocketsHttpHandler.</summary>
public class SettingsTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "httpclient.md"));

    [Fact]
    public void Each_has_its_name_type_and_default_or_is_in_the_table_of_differences()
    {
        using var handler = new S2nHttpHandler();
        using var sockets = new SocketsHttpHandler();
        foreach (PropertyInfo theirs in typeof(SocketsHttpHandler).GetProperties())
        {
            if (typeof(S2nHttpHandler).GetProperty(theirs.Name) is not { } ours)
            {
                Assert.Contains($"`{theirs.Name}`", s_page, StringComparison.Ordinal);
                continue;
            }

            if (ours.Name == nameof(S2nHttpHandler.ShouldEvictConnection))
            {
                continue; // its context is a type of our own, as .NET 10 has none: see EvictionTests
            }

            Assert.Equal(theirs.PropertyType, ours.PropertyType);
            Assert.Equal(theirs.CanWrite, ours.CanWrite);
            if (theirs.PropertyType.IsValueType)
            {
                Assert.Equal(theirs.GetValue(sockets), ours.GetValue(handler));
            }
        }
    }

    [Fact]
    public void Each_that_is_set_reaches_the_inner_handler()
    {
        using var handler = new S2nHttpHandler();
        foreach (PropertyInfo ours in typeof(S2nHttpHandler).GetProperties().Where(property => property.PropertyType.IsValueType && CanBeSet(property)))
        {
            object value = ours.GetValue(handler) switch
            {
                bool flag => !flag,
                int number => number == int.MaxValue ? 7 : number + 1,
                TimeSpan => TimeSpan.FromSeconds(7),
                Enum => Enum.ToObject(ours.PropertyType, 1),
                _ => throw new NotSupportedException(ours.Name),
            };
            ours.SetValue(handler, value);
            Assert.Equal(value, ours.GetValue(handler));
            if (ours.Name != nameof(S2nHttpHandler.UseSslStreamIfNotSupported)) // the handler's own affair
            {
                Assert.Equal(value, typeof(SocketsHttpHandler).GetProperty(ours.Name)!.GetValue(handler.Inner));
            }
        }
    }

    /// <summary>One that is new is here without a value, and fails.</summary>
    [Fact]
    public void Each_object_that_is_set_reaches_the_inner_handler_or_is_the_handlers_own_affair()
    {
        var values = new Dictionary<string, object>
        {
            [nameof(S2nHttpHandler.CookieContainer)] = new CookieContainer(),
            [nameof(S2nHttpHandler.Credentials)] = new NetworkCredential(),
            [nameof(S2nHttpHandler.DefaultProxyCredentials)] = new NetworkCredential(),
            [nameof(S2nHttpHandler.RequestHeaderEncodingSelector)] = (HeaderEncodingSelector<HttpRequestMessage>)((_, _) => null),
            [nameof(S2nHttpHandler.ResponseHeaderEncodingSelector)] = (HeaderEncodingSelector<HttpRequestMessage>)((_, _) => null),
            [nameof(S2nHttpHandler.ActivityHeadersPropagator)] = DistributedContextPropagator.CreateNoOutputPropagator(),
            [nameof(S2nHttpHandler.MeterFactory)] = new NoMeters(),
        };
        string[] own =
        [
            nameof(S2nHttpHandler.SslOptions), nameof(S2nHttpHandler.Proxy), nameof(S2nHttpHandler.ConnectCallback),
            nameof(S2nHttpHandler.PlaintextStreamFilter), nameof(S2nHttpHandler.Connected), nameof(S2nHttpHandler.ShouldEvictConnection),
            nameof(S2nHttpHandler.LoggerFactory),
        ];
        using var handler = new S2nHttpHandler();
        foreach (PropertyInfo ours in typeof(S2nHttpHandler).GetProperties().Where(property => property.CanWrite && !property.PropertyType.IsValueType && !own.Contains(property.Name)))
        {
            object value = values[ours.Name];
            ours.SetValue(handler, value);
            Assert.Same(value, ours.GetValue(handler));
            Assert.Same(value, typeof(SocketsHttpHandler).GetProperty(ours.Name)!.GetValue(handler.Inner));
        }

        Assert.Same(handler.Properties, handler.Inner.Properties);
    }

    [Fact]
    public async Task None_can_be_set_after_the_first_request()
    {
        await using WebServer server = await WebServer.StartAsync();
        using var handler = new S2nHttpHandler { SslOptions = Clients.SslOptions(), UseProxy = false };
        using HttpClient client = Clients.Over(handler);
        await client.GetAsync(server.Url).WithDeadline();
        Assert.All(typeof(S2nHttpHandler).GetProperties().Where(CanBeSet), property =>
        {
            var error = Assert.Throws<TargetInvocationException>(() => property.SetValue(handler, property.GetValue(handler)));
            Assert.IsType<InvalidOperationException>(error.InnerException);
        });
    }

    [Fact]
    public async Task What_is_changed_in_the_options_after_the_first_request_has_no_effect()
    {
        await using WebServer server = await WebServer.StartAsync();
        using var handler = new S2nHttpHandler { SslOptions = Clients.SslOptions(), UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero };
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        await client.GetAsync(server.Url, "/", HttpVersion.Version11);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => false;
        await client.GetAsync(server.Url, "/", HttpVersion.Version11);
        Assert.Equal(2, streams.Count);
    }

    [Fact]
    public void A_context_and_SslOptions_exclude_each_other()
    {
        using var handler = new S2nHttpHandler(Clients.Context);
        Assert.Throws<InvalidOperationException>(() => handler.SslOptions);
        Assert.Throws<InvalidOperationException>(() => handler.SslOptions = new());
    }

    [Fact]
    public async Task A_servers_context_makes_no_connection()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create(context: TestContexts.Server);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
        Assert.IsType<ArgumentException>(error.InnerException);
    }

    [Fact]
    public void Of_SslOptions_nothing_is_left_out_but_the_name_and_the_protocols()
    {
        var options = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = false,
            AllowRsaPkcs1Padding = false,
            AllowRsaPssPadding = false,
            AllowTlsResume = false,
            ApplicationProtocols = [new("theirs")],
            CertificateChainPolicy = new(),
            CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.Online,
            CipherSuitesPolicy = new([TlsCipherSuite.TLS_AES_128_GCM_SHA256]),
            ClientCertificateContext = SslStreamCertificateContext.Create(TestAuthority.Localhost, null, offline: true),
            ClientCertificates = [],
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
            EncryptionPolicy = (EncryptionPolicy)1,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => null!,
            RemoteCertificateValidationCallback = (_, _, _, _) => false,
            TargetHost = "theirs",
        };
        var fresh = new SslClientAuthenticationOptions();
        SslClientAuthenticationOptions copy = HandshakeSettings.CopyFor(options, "ours", [SslApplicationProtocol.Http2]);
        foreach (PropertyInfo property in typeof(SslClientAuthenticationOptions).GetProperties())
        {
            Assert.NotEqual(property.GetValue(fresh), property.GetValue(options)); // so that the copy is seen
            if (property.Name is not (nameof(options.TargetHost) or nameof(options.ApplicationProtocols)))
            {
                Assert.Equal(property.GetValue(options), property.GetValue(copy));
            }
        }

        Assert.Equal("ours", copy.TargetHost);
        Assert.Equal([SslApplicationProtocol.Http2], copy.ApplicationProtocols!);
    }

    [Fact]
    public async Task The_users_own_filter_is_given_the_plaintext_and_may_wrap_it()
    {
        await using WebServer server = await WebServer.StartAsync();
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            WrappingStream? wrapper = null;
            using HttpClient client = Clients.Create(handler => handler.PlaintextStreamFilter = (context, _) =>
            {
                Assert.Equal(version, context.NegotiatedHttpVersion);
                return ValueTask.FromResult<Stream>(wrapper = new WrappingStream(context.PlaintextStream));
            });
            Assert.StartsWith("GET", await client.GetAsync(server.Url, "/", version), StringComparison.Ordinal);
            Assert.True(wrapper!.Written > 0);
        }
    }

    /// <summary>Two of them need .NET 11.</summary>
    private static bool CanBeSet(PropertyInfo setting) => setting.CanWrite &&
        (Runtime.IsNet11 || setting.Name is not (nameof(S2nHttpHandler.InitialHttp2MaxConcurrentStreams) or nameof(S2nHttpHandler.ShouldEvictConnection)));

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    /// <summary>Counts what passes.</summary>
    private sealed class WrappingStream(Stream inner) : Stream
    {
        private long _written;

        public long Written => Volatile.Read(ref _written);

        public override bool CanRead => inner.CanRead;

        public override bool CanWrite => inner.CanWrite;

        public override bool CanSeek => inner.CanSeek;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Interlocked.Add(ref _written, buffer.Length);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
