using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Engine.Handshake;
using S2nTls.Wire;

namespace S2nTls.Tests.Engine;

/// <summary>What the reader of a server's certificates keeps, and what it does with handshakes that are not as they should be.</summary>
public class PeerCertificateReaderTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void Its_secret_is_wiped_and_it_is_dropped_once_the_certificate_is_judged(SslProtocols protocol)
    {
        PeerCertificateReader? reader = null;
        bool wasWiped = false;
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                wasWiped = reader!.IsWiped;
                return certificate is not null;
            };
        });
        using EnginePair pair = EnginePair.Create(client, TestContexts.ServerFor(protocol));
        reader = pair.Client.Handshake.CertificateReader;
        Assert.NotNull(reader);
        pair.Connect();
        Assert.True(wasWiped);
        Assert.True(reader.IsWiped);
        Assert.Null(pair.Client.Handshake.CertificateReader);
        using X509Certificate2? leaf = pair.Client.Connection.GetPeerCertificate();
        Assert.Equal(TestAuthority.Localhost.RawData, leaf!.RawData);
    }

    [Fact]
    public void It_is_made_only_where_net_judges_a_server()
    {
        using EnginePair pair = EnginePair.Create();
        Assert.Null(pair.Client.Handshake.CertificateReader);
        Assert.Null(pair.Server.Handshake.CertificateReader);
    }

    [Fact]
    public void A_secret_that_comes_after_disposal_is_wiped()
    {
        using var reader = new PeerCertificateReader();
        reader.TakeSecret(KeyLogLine());
        Assert.False(reader.IsWiped);
        reader.Dispose();
        Assert.True(reader.IsWiped);

        using var late = new PeerCertificateReader();
        late.Dispose();
        late.TakeSecret(KeyLogLine());
        Assert.True(late.IsWiped);
    }

    [Fact]
    public void What_is_no_handshake_reads_as_nothing()
    {
        byte[][] all =
        [
            [],
            [22],
            [22, 3, 3, 0, 9, 1],
            [22, 3, 3, 0, 4, 11, 0, 0, 0],
            [23, 3, 3, 0, 20, .. new byte[20]],
            [99, 3, 3, 0, 0],
            ServerHello(),
            [.. ServerHello(), 22, 3, 3, 0, 4, 14, 0, 0, 0],
            [.. ServerHello(), 22, 3, 3, 0, 7, 11, 0, 0, 3, 0, 0, 0],
        ];
        foreach (byte[] records in all)
        {
            Assert.Null(Read(records));
        }
    }

    [Fact]
    public void A_certificate_message_may_span_records()
    {
        byte[] message = [11, 0, 0, 12, 0, 0, 9, 0, 0, 2, 1, 2, 0, 0, 1, 3];
        byte[] whole = [.. ServerHello(), 22, 3, 3, 0, (byte)message.Length, .. message];
        byte[] torn = [.. ServerHello(), .. message.SelectMany(value => new byte[] { 22, 3, 3, 0, 1, value })];
        Assert.Equal([[1, 2], [3]], Read(whole)!);
        Assert.Equal([[1, 2], [3]], Read(torn)!);
    }

    [Fact]
    public void It_keeps_no_more_than_its_limit_and_then_reads_nothing()
    {
        using var reader = new PeerCertificateReader();
        byte[] message = [11, 0, 0, 8, 0, 0, 5, 0, 0, 2, 1, 2];
        reader.Append([.. ServerHello(), 22, 3, 3, 0, (byte)message.Length, .. message]);
        Assert.NotNull(reader.Read());
        for (int i = 0; i < PeerCertificateReader.MaxRecords; i += 1024)
        {
            reader.Append(new byte[1024]);
        }

        Assert.Null(reader.Read());
    }

    private static List<byte[]>? Read(byte[] records)
    {
        using var reader = new PeerCertificateReader();
        Array.ForEach(records, value => reader.Append([value]));
        return reader.Read();
    }

    /// <summary>A record with a TLS 1.2 ServerHello without extensions.</summary>
    private static byte[] ServerHello() =>
        [22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, .. Enumerable.Repeat((byte)7, 32), 0, 0xc0, 0x2b, 0];

    private static byte[] KeyLogLine() =>
        System.Text.Encoding.ASCII.GetBytes($"SERVER_HANDSHAKE_TRAFFIC_SECRET {new string('0', 64)} {new string('a', 64)}");
}
