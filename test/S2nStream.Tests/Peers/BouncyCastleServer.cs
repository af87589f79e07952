using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using Certificate = Org.BouncyCastle.Tls.Certificate;

namespace S2nTls.Tests.Peers;

/// <summary>A server of TLS 1.2 by Bouncy Castle, which can be made to send warning alerts at any time.</summary>
internal sealed class BouncyCastleServer : TlsServerProtocol
{
    private BouncyCastleServer(Stream stream) : base(stream) { }

    /// <summary>Does the handshake.</summary>
    public static async Task<BouncyCastleServer> AcceptAsync(Stream stream, X509Certificate2 identity)
    {
        var server = new BouncyCastleServer(stream);
        await Deadline.Run(() => server.Accept(new Identity(identity)));
        return server;
    }

    /// <summary>Warns, and goes on.</summary>
    public void Warn(short alert) => RaiseAlertWarning(alert, null);

    private sealed class Identity(X509Certificate2 identity) : DefaultTlsServer(new BcTlsCrypto(new SecureRandom()))
    {
        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv12.Only();

        protected override int[] GetSupportedCipherSuites() => [CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

        protected override TlsCredentialedSigner GetECDsaSignerCredentials()
        {
            var crypto = (BcTlsCrypto)m_context.Crypto;
            using ECDsa key = identity.GetECDsaPrivateKey()!;
            return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(m_context), crypto,
                PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()),
                new Certificate([crypto.CreateCertificate(identity.RawData)]),
                SignatureAndHashAlgorithm.GetInstance(Org.BouncyCastle.Tls.HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        }
    }
}
