using System.Runtime.InteropServices;
using System.Security.Authentication.ExtendedProtection;

namespace S2nTls;

/// <summary>
/// A channel binding in native memory, in the layout of SslStream's, which GSSAPI and SSPI callers expect: a SEC_CHANNEL_BINDINGS, which only
/// contains the position of the application data, and that data, a prefix that names the binding's type (RFC 5056 §2.1) and the binding. This
/// handle owns the memory until it is disposed.
/// </summary>
internal sealed unsafe class TlsChannelBinding : ChannelBinding
{
    // SEC_CHANNEL_BINDINGS: eight 32-bit numbers in the machine's order, the last two about the application data.
    private const int HeaderSize = 32;
    private const int DataLengthOffset = 24;
    private const int DataOffsetOffset = 28;

    internal TlsChannelBinding(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data)
    {
        Size = HeaderSize + prefix.Length + data.Length;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)Size));
        var content = new Span<byte>((void*)handle, Size);
        int length = prefix.Length + data.Length;
        MemoryMarshal.Write(content[DataLengthOffset..], in length);
        MemoryMarshal.Write(content[DataOffsetOffset..], HeaderSize);
        prefix.CopyTo(content[HeaderSize..]);
        data.CopyTo(content[(HeaderSize + prefix.Length)..]);
    }

    /// <summary>The total length in bytes.</summary>
    public override int Size { get; }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
