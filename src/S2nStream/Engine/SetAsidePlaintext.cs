using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Engine;

/// <summary>Data that was decrypted before the write side was closed, on versions where nothing can be decrypted afterwards. Wiped once it has been read.</summary>
internal sealed class SetAsidePlaintext
{
    private readonly ArrayBufferWriter<byte> _data = new();
    private int _taken;

    internal int Count => _data.WrittenCount - _taken;

    internal Span<byte> GetSpan(int size) => _data.GetSpan(size);

    internal void Advance(int count) => _data.Advance(count);

    internal int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        _data.WrittenSpan.Slice(_taken, count).CopyTo(destination);
        _taken += count;
        if (Count == 0)
        {
            Wipe();
        }

        return count;
    }

    internal void Wipe()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(_data.WrittenMemory).Span);
        _data.ResetWrittenCount();
        _taken = 0;
    }
}
