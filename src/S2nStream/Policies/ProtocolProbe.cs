using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Policies;

/// <summary>
/// Finds the protocol versions of a policy without TLS 1.3. A ClientHello names only the highest of them; the others are those whose ServerHello
/// the client accepts (RFC 5246 §7.4.1.3).
/// </summary>
internal static class ProtocolProbe
{
    internal static SslProtocols AcceptedUpTo(ConfigHandle config, ushort highest, TlsCipherSuite suite)
    {
        SslProtocols accepted = SslProtocols.None;
        for (ushort version = WireVersion.Ssl3; version <= highest; version++)
        {
            if (Accepts(config, version, suite))
            {
                accepted |= WireVersion.ToSslProtocols(version);
            }
        }

        return accepted;
    }

    private static bool Accepts(ConfigHandle config, ushort version, TlsCipherSuite suite)
    {
        using var probe = new ClientProbe(config);
        probe.SayHello();
        return probe.Accepts(ServerHello(version, suite));
    }

    private static byte[] ServerHello(ushort version, TlsCipherSuite suite)
    {
        const int HeaderLength = 4, BodyLength = 2 + 32 + 1 + 2 + 1;
        byte[] record = new byte[RecordHeader.Length + HeaderLength + BodyLength];
        record[0] = ContentType.Handshake;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), version);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), HeaderLength + BodyLength);
        Span<byte> message = record.AsSpan(RecordHeader.Length);
        message[0] = HandshakeType.ServerHello;
        message[3] = BodyLength;
        Span<byte> body = message[HeaderLength..];
        BinaryPrimitives.WriteUInt16BigEndian(body, version);
        BinaryPrimitives.WriteUInt16BigEndian(body[(2 + 32 + 1)..], (ushort)suite);
        return record;
    }
}
