using System.Text;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// Recognizes a peer that does not speak TLS by the first bytes that it sends: the commonest of configuration
/// mistakes. s2n would take the second word of a text for the length of a record, and wait for it.
/// </summary>
internal sealed partial class TlsEngine
{
    private byte[]? _firstBytes = new byte[8];
    private int _firstBytesCount;
    private bool _peerSpeaksSomethingElse;

    private void CheckFirstBytes(ReadOnlySpan<byte> taken)
    {
        if (_firstBytes is null || _firstBytesCount == _firstBytes.Length)
        {
            return;
        }

        int count = Math.Min(taken.Length, _firstBytes.Length - _firstBytesCount);
        taken[..count].CopyTo(_firstBytes.AsSpan(_firstBytesCount));
        _firstBytesCount += count;
        _peerSpeaksSomethingElse = !CanBeTls(_firstBytes.AsSpan(0, _firstBytesCount));
    }

    /// <summary>RFC 8446 §5.1: type, legacy version 3.x, length. The version 2 hello of SSL 3.0's time is refused (RFC 8446 appendix D.5).</summary>
    private static bool CanBeTls(ReadOnlySpan<byte> start) =>
        start[0] is ContentType.Alert or ContentType.Handshake && (start.Length < 2 || start[1] == 3);

    private string DescribeFirstBytes()
    {
        // What s2n has not taken yet of the same text belongs to the description.
        Span<byte> start = stackalloc byte[_firstBytes!.Length];
        _firstBytes.AsSpan(0, _firstBytesCount).CopyTo(start);
        start = start[..(_firstBytesCount + _inbound.Take(start[_firstBytesCount..]))];
        bool isText = !start.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        return
            LooksLikeHttp(start) ? $"it began with \"{Encoding.ASCII.GetString(start)}\", as plain HTTP does"
            : isText ? $"it began with the text \"{Encoding.ASCII.GetString(start)}\""
            : "what it sent does not begin with a TLS record";
    }

    private static bool LooksLikeHttp(ReadOnlySpan<byte> first) =>
        first.StartsWith("HTTP/"u8) || first.StartsWith("GET "u8) || first.StartsWith("POST "u8) || first.StartsWith("PUT "u8) ||
        first.StartsWith("HEAD "u8) || first.StartsWith("OPTIONS "u8) || first.StartsWith("DELETE "u8) || first.StartsWith("PRI * "u8);
}
