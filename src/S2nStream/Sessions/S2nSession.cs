using System.Security.Authentication;
using S2nTls.Sessions;

namespace S2nTls;

/// <summary>
/// A session that a server has issued to this client (RFC 8446 §4.6.1, RFC 5077), to be offered at a later
/// handshake: without certificates and signatures, that one costs far less. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// It stands for what was verified when it was issued, so it is offered only by contexts that would have
/// verified the same: with the same roots, security policy and <see cref="S2nRevocationListProvider"/>, and the same client certificate. It holds
/// secrets: whoever has it can take the client's place in that session.
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

    /// <summary>The server: the host that its certificate bears, and its port.</summary>
    public S2nSessionOrigin Origin { get; }

    /// <summary>The protocol version. A session of TLS 1.3 should be offered only once, since an observer could tell that both connections are the same client's (RFC 8446 §C.4).</summary>
    public SslProtocols Protocol { get; }

    /// <summary>When the server will no longer take it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What s2n wants to have back (<c>s2n_connection_set_session</c>).</summary>
    internal byte[] State { get; }

    /// <summary>What the server has shown in the full handshake; a resumed one shows nothing.</summary>
    internal IReadOnlyList<byte[]> PeerCertificates { get; }

    /// <summary>What the context verified, and what it showed; see <see cref="SessionTerms"/>.</summary>
    internal string Terms { get; }

    /// <summary>Writes the session down, with its secrets in the clear: keep it as you would keep a password.</summary>
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

    /// <summary>Reads what <see cref="Serialize"/> has written. It must come from where nobody else can write: it says whom to trust.</summary>
    /// <exception cref="FormatException">It is no session, or one of another version of this library.</exception>
    public static S2nSession Deserialize(ReadOnlySpan<byte> serialized)
    {
        using var reader = new BinaryReader(new MemoryStream(serialized.ToArray()));
        try
        {
            if (reader.ReadByte() != FormatVersion)
            {
                throw new FormatException("The session was written by another version of this library.");
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
            throw new FormatException("What was read is no session.", e);
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
