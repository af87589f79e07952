using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using S2nTls.Wire;

namespace S2nTls;

/// <summary>
/// A ClientHello (RFC 8446 §4.1.2): the first that a client sends, with all that it offers and asks for. Nothing in it is authenticated. Immutable
/// and thread-safe; it keeps the message's bytes and parses each part on demand.
/// </summary>
/// <remarks>
/// Lists are in the client's order and include its GREASE values (RFC 8701). An extension with malformed content reads as if it were absent;
/// <see cref="Extensions"/> still includes it.
/// </remarks>
public sealed partial class S2nClientHello
{
    private readonly byte[] _message;
    private readonly Range _sessionId;
    private readonly Range _cipherSuites;
    private readonly Range _compressionMethods;
    private readonly Range _extensions;

    private string? _serverName;
    private ImmutableArray<TlsCipherSuite> _suites;
    private ImmutableArray<S2nClientHelloExtension> _extensionList;
    private ImmutableArray<SslApplicationProtocol> _protocols;
    private ImmutableArray<TlsNamedGroup> _groups;
    private ImmutableArray<TlsSignatureScheme> _signatureSchemes;
    private ImmutableArray<ushort> _versions;

    /// <summary>The handshake message as received, reassembled from its records, with its four-byte header.</summary>
    public ReadOnlyMemory<byte> RawMessage => _message;

    /// <summary>The legacy version field, as on the wire: 0x0303 for every client of TLS 1.2 or later.</summary>
    public int LegacyVersion => (_message[VersionOffset] << 8) | _message[VersionOffset + 1];

    /// <summary>The client's 32 random bytes.</summary>
    public ReadOnlyMemory<byte> Random => _message.AsMemory(RandomOffset, RandomLength);

    /// <summary>The session that the client would resume on TLS 1.2; on TLS 1.3 mostly random (RFC 8446 appendix D.4). At most 32 bytes.</summary>
    public ReadOnlyMemory<byte> LegacySessionId => _message.AsMemory(_sessionId);

    /// <summary>The compression methods, one byte each; TLS 1.3 has only 0, for none.</summary>
    public ReadOnlyMemory<byte> LegacyCompressionMethods => _message.AsMemory(_compressionMethods);

    /// <summary>The cipher suites, including signalling values.</summary>
    public ImmutableArray<TlsCipherSuite> CipherSuites => _suites.IsDefault
        ? _suites = ReadNumbers(_message.AsSpan(_cipherSuites), static suite => (TlsCipherSuite)suite)
        : _suites;

    /// <summary>All extensions.</summary>
    public ImmutableArray<S2nClientHelloExtension> Extensions => _extensionList.IsDefault
        ? _extensionList = ReadExtensions()
        : _extensionList;

    /// <summary>
    /// The host that the client wants to reach (RFC 6066 §3), as it was sent: international names have A-labels (<c>xn--bcher-kva.example</c>) here, and
    /// U-labels in <see cref="S2nStream.TargetHostName"/>. Empty if the client names none, or one of more than 255 bytes.
    /// </summary>
    public string ServerName => _serverName ??= ReadServerName();

    /// <summary>The application protocols (ALPN, RFC 7301).</summary>
    public ImmutableArray<SslApplicationProtocol> ApplicationProtocols => _protocols.IsDefault
        ? _protocols = ReadProtocols()
        : _protocols;

    /// <summary>The key-exchange groups (RFC 8446 §4.2.7).</summary>
    public ImmutableArray<TlsNamedGroup> SupportedGroups => _groups.IsDefault
        ? _groups = ReadNumbers(VectorOf(ExtensionType.SupportedGroups, 2), static group => (TlsNamedGroup)group)
        : _groups;

    /// <summary>The signature algorithms that the client can verify (RFC 8446 §4.2.3).</summary>
    public ImmutableArray<TlsSignatureScheme> SignatureAlgorithms => _signatureSchemes.IsDefault
        ? _signatureSchemes = ReadNumbers(VectorOf(ExtensionType.SignatureAlgorithms, 2), static scheme => (TlsSignatureScheme)scheme)
        : _signatureSchemes;

    /// <summary>The protocol versions as on the wire, such as 0x0304 for TLS 1.3 (RFC 8446 §4.2.1). Empty for clients older than TLS 1.3.</summary>
    public ImmutableArray<ushort> SupportedVersions => _versions.IsDefault
        ? _versions = ReadNumbers(VectorOf(ExtensionType.SupportedVersions, 1), static version => version)
        : _versions;

    /// <summary>The protocol versions that have a name in .NET; for clients older than TLS 1.3 the <see cref="LegacyVersion"/>, which is the highest that they speak.</summary>
    public SslProtocols SslProtocols => SupportedVersions.IsEmpty
        ? WireVersion.ToSslProtocols(LegacyVersion)
        : SupportedVersions.Aggregate(SslProtocols.None, static (all, version) => all | WireVersion.ToSslProtocols(version));

    /// <summary>Whether a two-byte value is a GREASE value, which has no meaning (RFC 8701): a cipher suite, an extension, a group, a signature algorithm or a version.</summary>
    public static bool IsGrease(int value) => value is >= 0 and <= ushort.MaxValue && Grease.Is((ushort)value);

    /// <summary>Finds an extension.</summary>
    /// <param name="type">Its number, in IANA's registry of TLS ExtensionType values.</param>
    /// <param name="content">Its raw content; if the type occurs twice, which s2n refuses for types that it knows, that of the first.</param>
    public bool TryGetExtension(int type, out ReadOnlyMemory<byte> content)
    {
        foreach (S2nClientHelloExtension extension in Extensions)
        {
            if (extension.Type == type)
            {
                content = extension.Content;
                return true;
            }
        }

        content = default;
        return false;
    }

    /// <summary>A list of names, with only one (RFC 6066 §3): a type, 0 for a host name, and the name.</summary>
    private string ReadServerName()
    {
        var list = new WireReader(VectorOf(ExtensionType.ServerName, 2));
        bool isHost = list.ReadNumber(1) == 0;
        ReadOnlySpan<byte> name = list.ReadVector(2);
        return list.Failed || !isHost || name.Length > byte.MaxValue ? string.Empty : Encoding.UTF8.GetString(name);
    }

    private ImmutableArray<SslApplicationProtocol> ReadProtocols()
    {
        var list = new WireReader(VectorOf(ExtensionType.ApplicationProtocols, 2));
        ImmutableArray<SslApplicationProtocol>.Builder protocols = ImmutableArray.CreateBuilder<SslApplicationProtocol>();
        while (!list.IsEmpty)
        {
            ReadOnlySpan<byte> name = list.ReadVector(1);
            if (list.Failed || name.IsEmpty)
            {
                return [];
            }

            protocols.Add(new SslApplicationProtocol(name.ToArray()));
        }

        return protocols.DrainToImmutable();
    }

    /// <summary>The vector that makes up an extension; empty if the extension is not one vector.</summary>
    private ReadOnlySpan<byte> VectorOf(int extension, int sizeOfLength)
    {
        if (!TryGetExtension(extension, out ReadOnlyMemory<byte> content))
        {
            return default;
        }

        var reader = new WireReader(content.Span);
        ReadOnlySpan<byte> vector = reader.ReadVector(sizeOfLength);
        return reader.Failed || !reader.IsEmpty ? default : vector;
    }

    private static ImmutableArray<T> ReadNumbers<T>(ReadOnlySpan<byte> list, Func<ushort, T> convert)
    {
        if (list.Length % 2 != 0)
        {
            return [];
        }

        var numbers = new T[list.Length / 2];
        var reader = new WireReader(list);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = convert((ushort)reader.ReadNumber(2));
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(numbers);
    }
}
