using System.Security.Cryptography;

namespace S2nTls.Wire;

/// <summary>The fields on which the rest of a server's flight depends (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3).</summary>
/// <param name="Suite">The cipher suite.</param>
/// <param name="IsTls13">Whether it selects TLS 1.3.</param>
/// <param name="IsRetryRequest">Whether it asks for another ClientHello (RFC 8446 §4.1.4), so that another ServerHello follows.</param>
internal readonly record struct ServerHello(int Suite, bool IsTls13, bool IsRetryRequest)
{
    /// <summary>RFC 8446 §4.1.3: the random of a ServerHello that asks for another ClientHello.</summary>
    private static readonly byte[] s_helloRetryRandom = SHA256.HashData("HelloRetryRequest"u8);

    /// <summary>Reads the message's body.</summary>
    /// <returns>Null if it is not such a message.</returns>
    internal static ServerHello? Read(ReadOnlySpan<byte> body)
    {
        var hello = new WireReader(body);
        hello.Read(2); // legacy_version
        ReadOnlySpan<byte> random = hello.Read(32);
        hello.ReadVector(1); // legacy_session_id_echo
        int suite = hello.ReadNumber(2);
        hello.Read(1); // legacy_compression_method
        return hello.Failed
            ? null
            : new ServerHello(suite, !hello.IsEmpty && SelectsTls13(hello.ReadVector(2)), random.SequenceEqual(s_helloRetryRandom));
    }

    private static bool SelectsTls13(ReadOnlySpan<byte> extensions) =>
        ExtensionReader.TryFind(extensions, ExtensionType.SupportedVersions, out ReadOnlySpan<byte> content) &&
        new WireReader(content).ReadNumber(2) == WireVersion.Tls13;
}
