using System.Buffers.Binary;
using S2nTls.Wire;

namespace S2nTls.Interop;

/// <summary>An <c>s2n_client_hello</c>: it belongs to its connection, and is valid as long as the connection, also after the callback.</summary>
/// <param name="hello">The pointer.</param>
internal readonly struct NativeClientHello(nint hello)
{
    internal static NativeClientHello Of(nint connection) => new(S2n.s2n_connection_get_client_hello(connection));

    internal bool HasExtension(int type) => S2n.s2n_client_hello_get_extension_length(hello, (ushort)type) > 0;

    /// <summary>A copy of an extension's content; empty if there is none, or it cannot be read: s2n will detect what is wrong with it.</summary>
    internal byte[] ReadExtension(int type)
    {
        nint size = S2n.s2n_client_hello_get_extension_length(hello, (ushort)type);
        if (size <= 0)
        {
            return [];
        }

        byte[] content = new byte[size];
        return S2n.s2n_client_hello_get_extension_by_id(hello, (ushort)type, content, (uint)size) == size ? content : [];
    }

    /// <summary>A copy of the whole message, with its header.</summary>
    internal byte[] ReadMessage()
    {
        const int Header = 4, Version = 2, Random = 32;
        nint size = S2n.s2n_client_hello_get_raw_message_length(hello);
        byte[] message = new byte[Header + Math.Max(size, Version + Random)];
        BinaryPrimitives.WriteInt32BigEndian(message, (HandshakeType.ClientHello << 24) | (int)size);
        Span<byte> body = message.AsSpan(Header);
        if (S2n.s2n_client_hello_get_raw_message(hello, body, (uint)body.Length) != size)
        {
            S2nError.Check(S2n.Failure);
        }

        // s2n stores the random elsewhere, with zeros in its place.
        S2nError.Check(S2n.s2n_client_hello_get_random(hello, body[Version..], Random));
        return message;
    }
}
