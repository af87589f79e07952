using System.Security.Cryptography;

namespace S2nTls.Engine.Handshake;

/// <summary>The secret with which a TLS 1.3 server's handshake records are encrypted, taken from s2n's key log (RFC 8446 §7.1).</summary>
internal sealed class HandshakeSecret : IDisposable
{
    /// <summary>Pinned, so that the garbage collector leaves no copy behind.</summary>
    private readonly byte[] _secret = GC.AllocateArray<byte>(48, pinned: true);
    private int _length;
    private volatile bool _isDisposed;

    /// <summary>Empty before it arrives; zeros after use.</summary>
    internal ReadOnlySpan<byte> Value => _secret.AsSpan(0, _length);

    /// <summary>Whether the secret is all zeros, as it must be after use.</summary>
    internal bool IsWiped => !_secret.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>Reads it from a line of s2n's key log: a label, the client's random, the secret in hexadecimal. Other lines are ignored.</summary>
    internal void TakeFrom(ReadOnlySpan<byte> line)
    {
        if (_length == 0 && line.StartsWith("SERVER_HANDSHAKE_TRAFFIC_SECRET "u8))
        {
            ReadOnlySpan<byte> hexadecimal = line[(line.LastIndexOf((byte)' ') + 1)..];
            Convert.FromHexString(hexadecimal, _secret, out _, out _length);
            if (_isDisposed)
            {
                Dispose(); // another thread may have disposed this before the secret arrived
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }
}
