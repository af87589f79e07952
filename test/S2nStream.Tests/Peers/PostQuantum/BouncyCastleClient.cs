using System.Text;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace S2nTls.Tests.Peers;

/// <summary>
/// A client of TLS 1.3 by Bouncy Castle, which has the post-quantum groups and signatures that the OpenSSL of today's
/// distributions lacks. It trusts one certificate, and is allowed the groups and schemes that it is given only.
/// </summary>
internal sealed class BouncyCastleClient(byte[] trusted, int[] groups) : DefaultTlsClient(new BcTlsCrypto(new SecureRandom()))
{
    /// <summary>Which groups it sends a key share of at once; by default of its first.</summary>
    public int[]? EarlyShares { get; init; }

    public int[] SignatureSchemes { get; init; } = [SignatureScheme.ecdsa_secp256r1_sha256];

    /// <summary>Does the handshake, and a round trip after it.</summary>
    public async Task TalkAsync(Stream stream)
    {
        var protocol = new TlsClientProtocol(stream);
        await Deadline.Run(() =>
        {
            protocol.Connect(this);
            protocol.Stream.Write("ping"u8);
            byte[] answer = new byte[4];
            protocol.Stream.ReadExactly(answer);
            Assert.Equal("pong", Encoding.ASCII.GetString(answer));
        });
    }

    public override TlsAuthentication GetAuthentication() => new OneCertificate(trusted);

    public override IList<int> GetEarlyKeyShareGroups() => EarlyShares ?? groups[..1];

    protected override int[] GetSupportedCipherSuites() => [CipherSuite.TLS_AES_256_GCM_SHA384, CipherSuite.TLS_AES_128_GCM_SHA256];

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv13.Only();

    protected override IList<int> GetSupportedGroups(IList<int> namedGroupRoles) => groups;

    protected override IList<ServerName> GetSniServerNames() => [new ServerName(NameType.host_name, "localhost"u8.ToArray())];

    protected override IList<SignatureAndHashAlgorithm> GetSupportedSignatureAlgorithms() =>
        [.. SignatureSchemes.Select(SignatureScheme.GetSignatureAndHashAlgorithm)];

    private sealed class OneCertificate(byte[] trusted) : ServerOnlyTlsAuthentication
    {
        public override void NotifyServerCertificate(TlsServerCertificate serverCertificate)
        {
            if (!serverCertificate.Certificate.GetCertificateAt(0).GetEncoded().AsSpan().SequenceEqual(trusted))
            {
                throw new TlsFatalAlert(AlertDescription.bad_certificate);
            }
        }
    }
}
