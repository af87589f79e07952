using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>A server that chooses all its options, asynchronously, when the client's hello is known.</summary>
public class ChoosingTheServersOptions
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    /// <summary>By its number: the name is obsolete.</summary>
    private static readonly SslProtocols s_tls10 = (SslProtocols)192;

    [Theory, OverPairs]
    public async Task The_callback_is_told_what_the_client_asks_for_and_offers(Pair pair, SslProtocols protocol)
    {
        SslClientHelloInfo? seen = null;
        object? given = null;
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            client: options => options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            choose: _ => (_, hello, state, _) =>
            {
                seen = hello;
                given = state;
                return new(Talk.ServerOptions(protocol));
            });
        talk.Succeeds();
        Assert.Equal("localhost", seen!.Value.ServerName);
        Differences.ProtocolsOfTheHello.Differs(
            talk.Server.Kind,
            ssl: () => Assert.False(seen.Value.SslProtocols.HasFlag(SslProtocols.Tls13)),
            ssl11: () => Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, seen.Value.SslProtocols & ~s_tls10),
            s2n: () => Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, seen.Value.SslProtocols));
        Assert.Equal("state", given);
        Assert.Equal(protocol, talk.Server.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task The_stream_knows_its_side_and_the_name_already(Pair pair, SslProtocols protocol)
    {
        (bool IsServer, string Name, bool IsAuthenticated)? seen = null;
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: talk => (_, _, _, _) =>
        {
            seen = (talk.Server.Stream.IsServer, talk.Server.TargetHostName, talk.Server.Stream.IsAuthenticated);
            return new(Talk.ServerOptions(protocol));
        });
        talk.Succeeds();
        Assert.Equal((true, "localhost", false), seen);
    }

    [Theory, OverPairs]
    public async Task The_callback_may_take_its_time(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => async (_, _, _, _) =>
        {
            await Task.Delay(50, CancellationToken.None);
            return Talk.ServerOptions(protocol);
        });
        talk.Succeeds();
    }

    [Theory, OverPairs]
    public async Task The_chosen_options_hold(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            client: options =>
            {
                options.ClientCertificates = [s_alice];
                options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
            },
            choose: _ => (_, _, _, _) => new(Talk.ServerOptions(protocol, options =>
            {
                options.ClientCertificateRequired = true;
                options.ApplicationProtocols = [SslApplicationProtocol.Http11];
            })));
        talk.Succeeds();
        Assert.Equal("CN=alice", talk.Server.RemoteCertificate!.Subject);
        Assert.Equal(SslApplicationProtocol.Http11, talk.Server.ApplicationProtocol);
        Assert.Equal(SslApplicationProtocol.Http11, talk.Client.ApplicationProtocol);
        Assert.Equal(protocol, talk.Client.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task The_chosen_options_may_leave_the_certificate_to_a_callback(Pair pair, SslProtocols protocol)
    {
        string? asked = null;
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => (_, _, _, _) => new(Talk.ServerOptions(protocol, options =>
        {
            options.ServerCertificate = null;
            options.ServerCertificateSelectionCallback = (_, name) =>
            {
                asked = name;
                return TestAuthority.Localhost;
            };
        })));
        talk.Succeeds();
        Assert.Equal("localhost", asked);
    }

    [Theory, OverPairs]
    public async Task The_constructors_validation_callback_judges_with_the_chosen_options(Pair pair, SslProtocols protocol)
    {
        SslPolicyErrors? seen = null;
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            client: options => options.ClientCertificates = [s_alice],
            serverCallbacks: new(Validation: (_, _, _, errors) => (seen = errors) == SslPolicyErrors.None),
            choose: _ => (_, _, _, _) => new(Talk.ServerOptions(protocol, options => options.ClientCertificateRequired = true)));
        talk.Succeeds();
        Assert.Equal(SslPolicyErrors.None, seen);
    }

    [Theory, OverPairs]
    public async Task What_the_callback_throws_is_thrown_by_the_handshake(Pair pair, SslProtocols protocol)
    {
        var thrown = new InvalidTimeZoneException("nothing of TLS");
        await using (Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => (_, _, _, _) => throw thrown))
        {
            Assert.Same(thrown, talk.ServerFails<InvalidTimeZoneException>());
        }

        await using (Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => async (_, _, _, _) =>
        {
            await Task.Yield();
            throw thrown;
        }))
        {
            Assert.Same(thrown, talk.ServerFails<InvalidTimeZoneException>());
        }
    }

    [Theory, OverPairs]
    public async Task Chosen_options_without_any_certificate_are_a_NotSupportedException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => (_, _, _, _) => new(new SslServerAuthenticationOptions()));
        talk.ServerFails<NotSupportedException>();
    }

    [Theory, OverPairs]
    public async Task No_options_are_an_error(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => (_, _, _, _) => new((SslServerAuthenticationOptions)null!));
        Differences.NoOptionsChosen.Differs(
            talk.Server.Kind,
            ssl: () => talk.ServerFails<NullReferenceException>(),
            s2n: () => talk.ServerFails<InvalidOperationException>());
    }
}
