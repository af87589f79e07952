namespace S2nTls.Wire;

/// <summary>IANA's numbers for the handshake messages that are read here (RFC 8446 §4, RFC 5246 §7.4, RFC 6066 §8).</summary>
internal static class HandshakeType
{
    internal const int ClientHello = 1;
    internal const int ServerHello = 2;
    internal const int EncryptedExtensions = 8;
    internal const int Certificate = 11;
    internal const int ServerKeyExchange = 12;
    internal const int CertificateRequest = 13;
    internal const int CertificateStatus = 22;
}
