using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using S2nTls.Wire;

namespace S2nTls;

/// <content>The message's layout.</content>
public sealed partial class S2nClientHello
{
    private const int HeaderLength = 4;
    private const int VersionOffset = HeaderLength;
    private const int RandomOffset = VersionOffset + 2;
    private const int RandomLength = 32;
    private const int MaxSessionIdLength = 32;

    /// <param name="message">The message, which is not copied.</param>
    /// <param name="isWellFormed">Whether it is a ClientHello; if not, read nothing else.</param>
    private S2nClientHello(byte[] message, out bool isWellFormed)
    {
        _message = message;
        var reader = new WireReader(message);
        bool isHello = reader.ReadNumber(1) == HandshakeType.ClientHello && reader.ReadNumber(3) == message.Length - HeaderLength;
        reader.Read(2 + RandomLength);
        _sessionId = reader.ReadVectorRange(1);
        _cipherSuites = reader.ReadVectorRange(2);
        _compressionMethods = reader.ReadVectorRange(1);

        // Before TLS 1.2 a ClientHello could have no extensions. What follows them is ignored, as in s2n.
        _extensions = reader.Left < 2 ? ^0..^0 : reader.ReadVectorRange(2);
        int suites = LengthOf(_cipherSuites);
        isWellFormed =
            isHello && !reader.Failed && LengthOf(_sessionId) <= MaxSessionIdLength && suites > 0 && suites % 2 == 0 && AreWellFormed(message.AsSpan(_extensions));
    }

    /// <summary>Parses a ClientHello, such as one that was captured or made up for a test.</summary>
    /// <param name="message">The handshake message, with its four-byte header and without record headers. It is copied.</param>
    /// <exception cref="FormatException">It is not a ClientHello, or a malformed one.</exception>
    public static S2nClientHello Parse(ReadOnlySpan<byte> message) =>
        TryParse(message, out S2nClientHello? clientHello) ? clientHello : throw new FormatException("The message is not a well-formed ClientHello.");

    /// <inheritdoc cref="Parse" path="/summary"/>
    /// <param name="message">The handshake message, with its four-byte header and without record headers. It is copied.</param>
    /// <param name="clientHello">The ClientHello.</param>
    /// <returns>Whether it is well-formed, as far as s2n checks before it calls a <see cref="S2nClientHelloCallback"/>: its fields and the list of extensions, not their content.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out S2nClientHello? clientHello) => TryOwn(message.ToArray(), out clientHello);

    /// <summary>Like <see cref="TryParse"/>, without a copy: the array belongs to the ClientHello from now on.</summary>
    internal static bool TryOwn(byte[] message, [NotNullWhen(true)] out S2nClientHello? clientHello)
    {
        clientHello = new S2nClientHello(message, out bool isWellFormed);
        clientHello = isWellFormed ? clientHello : null;
        return isWellFormed;
    }

    private static int LengthOf(Range fromEnd) => fromEnd.Start.Value - fromEnd.End.Value;

    private static bool AreWellFormed(ReadOnlySpan<byte> extensions)
    {
        var reader = new ExtensionReader(extensions);
        while (reader.TryRead(out _, out _))
        {
        }

        return !reader.Failed;
    }

    private ImmutableArray<S2nClientHelloExtension> ReadExtensions()
    {
        ImmutableArray<S2nClientHelloExtension>.Builder extensions = ImmutableArray.CreateBuilder<S2nClientHelloExtension>(initialCapacity: 16);
        ReadOnlyMemory<byte> bytes = _message.AsMemory(_extensions);
        var reader = new WireReader(bytes.Span);
        while (!reader.IsEmpty)
        {
            int type = reader.ReadNumber(2);
            extensions.Add(new S2nClientHelloExtension((ushort)type, bytes[reader.ReadVectorRange(2)]));
        }

        return extensions.DrainToImmutable();
    }
}
