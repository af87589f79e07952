using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Wire;

namespace S2nTls.Policies;

/// <summary>
/// Finds the protocol versions of a policy without TLS 1.3. A client's hello names only the highest of them; the
/// others show in which server's hellos the client accepts (RFC 5246 §7.4.1.3).
/// </summary>
internal static class ProtocolProbe
{
    internal static SslProtocols AcceptedUpTo(S2nContext context, ushort highest, TlsCipherSuite suite)
    {
        SslProtocols accepted = SslProtocols.None;
        for (ushort version = WireVersion.Ssl3; version <= highest; version++)
        {
            if (Accepts(context, version, suite))
            {
                accepted |= WireVersion.ToSslProtocols(version);
            }
        }

        return accepted;
    }

    private static bool Accepts(S2nContext context, ushort version, TlsCipherSuite suite)
    {
        var inbound = new InboundBuffer();
        var outbound = new OutboundBuffer();
        using TlsEngine engine = TlsEngine.Create(new HandshakePlan(context) { TargetHost = string.Empty }, inbound, outbound);
        engine.Handshake();
        byte[] hello = ServerHello(version, suite);
        hello.CopyTo(inbound.Prepare());
        inbound.Commit(hello.Length);
        try
        {
            return engine.Handshake() == EngineStatus.NeedsCiphertext;
        }
        catch (S2nException)
        {
            return false;
        }
        finally
        {
            inbound.Discard();
            outbound.Release();
        }
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
