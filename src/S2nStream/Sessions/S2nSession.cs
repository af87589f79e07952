using System.Security.Authentication;
using S2nTls.Sessions;

namespace S2nTls;

/// <summary>
/// A session that a server has issued to this client (RFC 8446 §4.6.1, RFC 5077), to be offered in a later handshake, which costs far less
/// because it needs no certificates or signatures. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// It relies on the verification that was done when it was issued, so it is offered only by contexts that would have verified the same: with the
/// same roots, security policy and <see cref="S2nRevocationListProvider"/>, and the same client certificate. It contains secrets: anyone who has it
/// can take the client's place in that session.
/// </remarks>
public sealed class S2nSession
{
    private const byte FormatVersion = 2;

    internal S2nSession(
        S2nSessionOrigin origin, SslProtocols protocol, DateTimeOffset expiresAt, byte[] state, IReadOnlyList<byte[]> peerCertificates, string terms)
    {
        Origin = origin;
        Protocol = protocol;
        ExpiresAt = expiresAt;
        State = state;
        PeerCertificates = peerCertificates;
        Terms = terms;
    }

    /// <summary>The server: the host that its certificate contains, and its port.</summary>
    public S2nSessionOrigin Origin { get; }

    /// <summary>
    /// The protocol version. A TLS 1.3 session should be offered only once, because otherwise an observer can tell that both connections are the
    /// same client's (RFC 8446 §C.4).
    /// </summary>
    public SslProtocols Protocol { get; }

    /// <summary>When the server stops accepting it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What s2n needs to resume it (<c>s2n_connection_set_session</c>).</summary>
    internal byte[] State { get; }

    /// <summary>What the server sent in the full handshake; in a resumed one it sends nothing.</summary>
    internal IReadOnlyList<byte[]> PeerCertificates { get; }

    /// <summary>What the context verified, and what it sent; see <see cref="SessionTerms"/>.</summary>
    internal string Terms { get; }

    /// <summary>Serializes the session, with its secrets in the clear: protect the result like a password.</summary>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(FormatVersion);
        writer.Write(Origin.Host);
        writer.Write((ushort)Origin.Port);
        writer.Write((int)Protocol);
        writer.Write(ExpiresAt.ToUnixTimeSeconds());
        writer.Write(Terms);
        Write(writer, State);
        writer.Write7BitEncodedInt(PeerCertificates.Count);
        foreach (byte[] certificate in PeerCertificates)
        {
            Write(writer, certificate);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote. It must come from where no one else can write: it determines who is trusted.</summary>
    /// <exception cref="FormatException">It is not a session, or one from another version of this library.</exception>
    public static S2nSession Deserialize(ReadOnlySpan<byte> serialized)
    {
        using var reader = new BinaryReader(new MemoryStream(serialized.ToArray()));
        try
        {
            if (reader.ReadByte() != FormatVersion)
            {
                throw new FormatException("The session was serialized by another version of this library.");
            }

            var origin = new S2nSessionOrigin(reader.ReadString(), reader.ReadUInt16());
            var protocol = (SslProtocols)reader.ReadInt32();
            DateTimeOffset expiresAt = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
            string terms = reader.ReadString();
            byte[] state = ReadBytes(reader);
            var certificates = new List<byte[]>();
            for (int count = reader.Read7BitEncodedInt(); count > 0; count--)
            {
                certificates.Add(ReadBytes(reader));
            }

            return new S2nSession(origin, protocol, expiresAt, state, certificates, terms);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentOutOfRangeException)
        {
            throw new FormatException("The data is not a session.", e);
        }
    }

    private static void Write(BinaryWriter writer, byte[] bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        int length = reader.Read7BitEncodedInt();
        byte[] bytes = reader.ReadBytes(Math.Clamp(length, 0, 1 << 20));
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
