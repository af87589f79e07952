using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.Tests.Streams;

/// <summary>Channel bindings between two ends of this library, where the comparison with SslStream does not reach.</summary>
public class ChannelBindingTests
{
    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_endpoint_binding_is_of_the_certificate_that_was_selected_by_the_clients_server_name(SslProtocols protocol)
    {
        using X509Certificate2 other = TestAuthority.Default.Issue(hosts: ["other.test"]);
        using S2nCertificate otherOwn = S2nCertificate.FromX509(other);
        using S2nContext server = TestContexts.MakeServer(options => options.Certificates.Add(otherOwn));
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(innerClient);
        await using var serverStream = new S2nStream(innerServer);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "other.test"),
            serverStream.AuthenticateAsServerAsync(server)).WithDeadline();
        string expected = "tls-server-end-point:" + Convert.ToHexString(SHA256.HashData(other.RawData));
        Assert.Equal(expected, Text(client.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)));
        Assert.Equal(expected, Text(serverStream.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)));
        Assert.Equal(other.RawData, serverStream.LocalCertificate!.GetRawCertData());
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_client_whose_callback_judges_has_the_same_bindings_as_the_server(SslProtocols protocol)
    {
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol, client);
        Assert.Equal(Text(pair.Server, ChannelBindingKind.Unique), Text(pair.Client, ChannelBindingKind.Unique));
        Assert.Equal(Text(pair.Server, ChannelBindingKind.Endpoint), Text(pair.Client, ChannelBindingKind.Endpoint));
        Assert.NotNull(Text(pair.Client, ChannelBindingKind.Endpoint));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_exporter_binding_is_the_same_at_both_ends_and_another_on_each_connection(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        await using TlsPair other = await TlsPair.InMemoryAsync(protocol);
        string binding = Text(pair.Client.GetTlsExporterChannelBinding())!;
        Assert.StartsWith("tls-exporter:", binding, StringComparison.Ordinal);
        Assert.Equal("tls-exporter:".Length + 64, binding.Length);
        Assert.Equal(binding, Text(pair.Server.GetTlsExporterChannelBinding()));
        Assert.NotEqual(binding, Text(other.Client.GetTlsExporterChannelBinding()));
    }

    [Fact]
    public async Task After_a_failed_handshake_there_are_no_bindings()
    {
        using var inner = new MemoryStream();
        await using var stream = new S2nStream(inner, leaveInnerStreamOpen: true);
        await Assert.ThrowsAsync<S2nException>(() => stream.AuthenticateAsServerAsync(TestContexts.Server).WithDeadline());
        Assert.Null(stream.TransportContext.GetChannelBinding(ChannelBindingKind.Unique));
        Assert.Throws<S2nException>(stream.GetTlsExporterChannelBinding);
    }

    private static string? Text(S2nStream stream, ChannelBindingKind kind) => Text(stream.TransportContext.GetChannelBinding(kind));

    /// <summary>The prefix as text and the rest in hexadecimal.</summary>
    private static string? Text(ChannelBinding? binding)
    {
        using (binding)
        {
            if (binding is null)
            {
                return null;
            }

            byte[] content = new byte[binding.Size];
            Marshal.Copy(binding.DangerousGetHandle(), content, 0, content.Length);
            int prefix = Array.IndexOf(content, (byte)':', 32) + 1;
            return Encoding.ASCII.GetString(content, 32, prefix - 32) + Convert.ToHexString(content.AsSpan(prefix));
        }
    }
}
