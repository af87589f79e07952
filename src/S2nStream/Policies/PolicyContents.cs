using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// What a security policy allows, as the library itself shows it: in the hello of a client that has it. So what
/// is told here is true of the library that is loaded, and of none that a table was once made from.
/// </summary>
internal sealed record PolicyContents(
    SslProtocols Protocols,
    IReadOnlyList<TlsCipherSuite> CipherSuites,
    IReadOnlyList<string> KeyExchangeGroups,
    IReadOnlyList<string> SignatureSchemes)
{
    private const ushort SupportedGroups = 10;
    private const ushort SignatureAlgorithms = 13;
    private const ushort SupportedVersions = 43;

    /// <exception cref="S2nException">No client can be made with the policy.</exception>
    internal static PolicyContents Read(S2nSecurityPolicy policy)
    {
        using S2nContext context = S2nContext.CreateClient(
            new S2nClientOptions { SecurityPolicy = policy, IsJudgedPerConnection = true, AllowTlsResume = false });
        ReadOnlySpan<byte> hello = HelloOf(context, out int legacyVersion, out TlsCipherSuite[] suites);
        IReadOnlyList<string> groups = [], schemes = [];
        SslProtocols protocols = SslProtocols.None;
        while (hello.Length >= 4)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(hello);
            ReadOnlySpan<byte> body = hello.Slice(4, BinaryPrimitives.ReadUInt16BigEndian(hello[2..]));
            hello = hello[(4 + body.Length)..];
            switch (type)
            {
                case SupportedGroups:
                    groups = Array.ConvertAll(ReadNumbers(body[2..]), KeyExchangeGroupNames.Of);
                    break;
                case SignatureAlgorithms:
                    schemes = Array.ConvertAll(ReadNumbers(body[2..]), SignatureSchemeNames.Of);
                    break;
                case SupportedVersions:
                    protocols = ReadNumbers(body[1..]).Aggregate(protocols, (all, version) => all | ProtocolVersions.FromWire(version));
                    break;
            }
        }

        return new PolicyContents(
            protocols == SslProtocols.None ? ProtocolProbe.AcceptedUpTo(context, (ushort)legacyVersion, suites[0]) : protocols, suites, groups, schemes);
    }

    /// <summary>Takes a client's hello (RFC 8446 §4.1.2) apart, up to its extensions.</summary>
    private static ReadOnlySpan<byte> HelloOf(S2nContext context, out int legacyVersion, out TlsCipherSuite[] suites)
    {
        const int RecordHeader = 5, HandshakeHeader = 4, Random = 32;
        var outbound = new OutboundBuffer();
        using TlsEngine engine = TlsEngine.Create(new HandshakePlan(context) { TargetHost = string.Empty }, new InboundBuffer(), outbound);
        engine.Handshake();
        ReadOnlySpan<byte> hello = outbound.Written.ToArray().AsSpan(RecordHeader + HandshakeHeader);
        outbound.Release();
        legacyVersion = BinaryPrimitives.ReadUInt16BigEndian(hello);
        hello = hello[(2 + Random)..];
        hello = hello[(1 + hello[0])..]; // session id
        int length = BinaryPrimitives.ReadUInt16BigEndian(hello);
        suites = [.. ReadNumbers(hello.Slice(2, length)).Where(IsSuite).Select(number => (TlsCipherSuite)number)];
        hello = hello[(2 + length)..];
        hello = hello[(1 + hello[0])..]; // compression methods
        return hello.IsEmpty ? [] : hello[2..];
    }

    /// <summary>Two numbers in the list are signals, and no suites (RFC 5746 §3.3, RFC 7507 §2).</summary>
    private static bool IsSuite(ushort number) => number is not (0x00FF or 0x5600);

    private static ushort[] ReadNumbers(ReadOnlySpan<byte> list)
    {
        ushort[] numbers = new ushort[list.Length / 2];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadUInt16BigEndian(list[(2 * i)..]);
        }

        return numbers;
    }
}
