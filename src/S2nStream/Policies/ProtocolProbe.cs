using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// Finds the protocol versions of a policy without TLS 1.3. A client's hello names only the highest of them; the
/// others show in which server's hellos the client accepts (RFC 5246 §7.4.1.3).
/// </summary>
internal static class ProtocolProbe
{
    internal static SslProtocols AcceptedUpTo(S2nContext context, ushort highest, TlsCipherSuite suite)
    {
        const ushort Ssl3 = 0x0300;
        SslProtocols accepted = SslProtocols.None;
        for (ushort version = Ssl3; version <= highest; version++)
        {
            if (Accepts(context, version, suite))
            {
                accepted |= ProtocolVersions.FromWire(version);
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
        const int Handshake = 22, Hello = 2, BodyLength = 2 + 32 + 1 + 2 + 1;
        byte[] record = new byte[5 + 4 + BodyLength];
        record[0] = Handshake;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), version);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), 4 + BodyLength);
        record[5] = Hello;
        record[8] = BodyLength;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(9), version);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(9 + 2 + 32 + 1), (ushort)suite);
        return record;
    }
}
