using System.Buffers.Binary;

namespace S2nTls.Tests.ClientHello;

/// <summary>Makes the bytes of ClientHello messages (RFC 8446 §4.1.2), good and bad.</summary>
internal static class HelloBytes
{
    public static byte[] Make(
        ushort[] suites, (ushort Type, byte[] Content)[]? extensions = null, ushort version = 0x0303, byte[]? sessionId = null, byte[]? after = null)
    {
        byte[] list = [.. (extensions ?? []).SelectMany(extension => (byte[])[.. Number(extension.Type), .. Vector(2, extension.Content)])];
        return Message(
        [
            .. Number(version), .. Enumerable.Range(1, 32).Select(i => (byte)i),
            .. Vector(1, sessionId ?? []), .. Vector(2, Numbers(suites)), .. Vector(1, [0]),
            .. extensions is null ? [] : Vector(2, list), .. after ?? [],
        ]);
    }

    public static byte[] Message(ReadOnlySpan<byte> body) => [1, .. Vector(3, body)];

    /// <summary>In records of at most so many bytes.</summary>
    public static byte[] Records(ReadOnlySpan<byte> message, int size = 16 * 1024) =>
        [.. message.ToArray().Chunk(size).SelectMany(piece => (byte[])[22, 3, 1, .. Vector(2, piece)])];

    public static byte[] ServerName(string name) => Vector(2, [0, .. Vector(2, System.Text.Encoding.UTF8.GetBytes(name))]);

    public static byte[] Protocols(params string[] names) => Vector(2, [.. names.SelectMany(name => Vector(1, System.Text.Encoding.Latin1.GetBytes(name)))]);

    public static byte[] List(params ushort[] numbers) => Vector(2, Numbers(numbers));

    public static byte[] Versions(params ushort[] numbers) => Vector(1, Numbers(numbers));

    public static byte[] Vector(int sizeOfLength, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length[^sizeOfLength..], .. content];
    }

    private static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Numbers(ushort[] numbers) => [.. numbers.SelectMany(Number)];
}
