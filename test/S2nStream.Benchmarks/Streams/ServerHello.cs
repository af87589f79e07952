using System.Buffers.Binary;
using System.Net.Security;
using S2nTls.Wire;

namespace S2nTls.Benchmarks.Streams;

/// <summary>What a server has chosen, read from its first record, which is in the clear (RFC 8446 §4.1.3): streams do not tell it all.</summary>
/// <param name="CipherSuite">The cipher suite.</param>
/// <param name="Group">The key-exchange group's name.</param>
/// <param name="IsResumed">Whether a session of an earlier connection goes on (<c>pre_shared_key</c>).</param>
internal sealed record ServerHello(TlsCipherSuite CipherSuite, string Group, bool IsResumed)
{
    private const int RecordHeader = 5;
    private const int ToSessionId = 4 + 2 + 32; // handshake header, version, random
    private const int CipherSuiteAndCompression = 3;
    private const int PreSharedKey = 41;
    private const int KeyShare = 51;

    internal static ServerHello Read(ReadOnlySpan<byte> written)
    {
        ReadOnlySpan<byte> rest = written[(RecordHeader + ToSessionId)..];
        rest = rest[(1 + rest[0])..];
        var suite = (TlsCipherSuite)BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[CipherSuiteAndCompression..];
        ReadOnlySpan<byte> extensions = rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest));

        string group = "none";
        bool isResumed = false;
        while (!extensions.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(extensions[2..]);
            ReadOnlySpan<byte> body = extensions.Slice(4, length);
            switch (BinaryPrimitives.ReadUInt16BigEndian(extensions))
            {
                case KeyShare:
                    group = GroupName(BinaryPrimitives.ReadUInt16BigEndian(body));
                    break;
                case PreSharedKey:
                    isResumed = true;
                    break;
            }

            extensions = extensions[(4 + length)..];
        }

        return new ServerHello(suite, group, isResumed);
    }

    private static string GroupName(int group) => group switch
    {
        0x0017 => "secp256r1",
        0x0018 => "secp384r1",
        0x001D => "x25519",
        0x11EB => "SecP256r1MLKEM768",
        0x11EC => "X25519MLKEM768",
        0x11ED => "SecP384r1MLKEM1024",
        _ => $"0x{group:X4}",
    };
}
