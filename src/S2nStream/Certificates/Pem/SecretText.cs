using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace S2nTls.Certificates.Pem;

/// <summary>The text of a file that may contain a private key, in memory that the garbage collector does not move, so that wiping it leaves no copy.</summary>
internal sealed class SecretText : IDisposable
{
    private const int FirstBlock = 4096;

    /// <summary>The byte order marks of text files, the longer ones first: UTF-16's is the beginning of one of UTF-32's.</summary>
    private static readonly Encoding[] s_marked =
        [Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode];

    private readonly char[] _text;

    private SecretText(char[] text) => _text = text;

    internal ReadOnlySpan<char> Span => _text;

    /// <summary>Reads a file as .NET does: UTF-8, unless it begins with the byte order mark of another encoding.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    internal static SecretText Read(string path)
    {
        byte[] content = ReadBytes(path);
        try
        {
            Encoding? marked = s_marked.FirstOrDefault(encoding => content.AsSpan().StartsWith(encoding.Preamble));
            ReadOnlySpan<byte> encoded = content.AsSpan(marked?.Preamble.Length ?? 0);
            Encoding encoding = marked ?? Encoding.UTF8;
            char[] text = GC.AllocateUninitializedArray<char>(encoding.GetCharCount(encoded), pinned: true);
            encoding.GetChars(encoded, text);
            return new SecretText(text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads to the end, since a pipe does not give its length. The caller wipes the array, which is pinned.</summary>
    internal static byte[] ReadBytes(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
        byte[] content = Pinned(Math.Max(FirstBlock, stream.CanSeek ? checked((int)stream.Length + 1) : 0));
        int length = 0;
        for (int count; (count = stream.Read(content.AsSpan(length))) > 0;)
        {
            length += count;
            if (length == content.Length)
            {
                content = Moved(content, length, 2 * length);
            }
        }

        return Moved(content, length, length);
    }

    /// <summary>UTF-8. The caller wipes the array, which is pinned.</summary>
    internal static byte[] Encode(ReadOnlySpan<char> text)
    {
        byte[] encoded = Pinned(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, encoded);
        return encoded;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_text.AsSpan()));

    internal static byte[] Pinned(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private static byte[] Moved(byte[] content, int length, int newLength)
    {
        byte[] moved = Pinned(newLength);
        content.AsSpan(0, length).CopyTo(moved);
        CryptographicOperations.ZeroMemory(content);
        return moved;
    }
}
