using System.Runtime.CompilerServices;
using System.Text;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Recognizes a peer that does not speak TLS by the first bytes that it sends: the most common configuration mistake. s2n would take part of a
/// text as the length of a record, and wait for it.
/// </summary>
internal sealed class FirstBytes
{
    private const int Length = 8;

    private InlineArray8<byte> _bytes;
    private int _count;

    /// <summary>Whether it is something other than TLS.</summary>
    internal bool AreSomethingElse { get; private set; }

    internal void See(ReadOnlySpan<byte> taken)
    {
        if (_count == Length)
        {
            return;
        }

        int count = Math.Min(taken.Length, Length - _count);
        taken[..count].CopyTo(_bytes[_count..]);
        _count += count;
        AreSomethingElse = !CanBeTls(_bytes[.._count]);
    }

    /// <summary>A description of it in words, which includes the part of the same text that s2n has not taken yet.</summary>
    internal string Describe(InboundCiphertext rest)
    {
        Span<byte> start = stackalloc byte[Length];
        _bytes[.._count].CopyTo(start);
        start = start[..(_count + rest.Take(start[_count..]))];
        bool isText = !start.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        return
            LooksLikeHttp(start) ? $"it began with \"{Encoding.ASCII.GetString(start)}\", as plain HTTP does"
            : isText ? $"it began with the text \"{Encoding.ASCII.GetString(start)}\""
            : "what it sent does not begin with a TLS record";
    }

    /// <summary>RFC 8446 §5.1: type, legacy version 3.x, length. The SSL 2.0 compatible hello of SSL 3.0's time is refused (RFC 8446 appendix D.5).</summary>
    private static bool CanBeTls(ReadOnlySpan<byte> start) =>
        start[0] is ContentType.Alert or ContentType.Handshake && (start.Length < 2 || start[1] == 3);

    private static bool LooksLikeHttp(ReadOnlySpan<byte> first) =>
        first.StartsWith("HTTP/"u8) || first.StartsWith("GET "u8) || first.StartsWith("POST "u8) || first.StartsWith("PUT "u8) ||
        first.StartsWith("HEAD "u8) || first.StartsWith("OPTIONS "u8) || first.StartsWith("DELETE "u8) || first.StartsWith("PRI * "u8);
}
