using System.Text;

namespace S2nTls.Engine;

/// <summary>Recognizes a peer that does not speak TLS at all by the first bytes that it sent: the commonest of configuration mistakes.</summary>
internal sealed partial class TlsEngine
{
    private byte[]? _firstBytes = new byte[8];
    private int _firstBytesCount;

    private void RememberFirstBytes(ReadOnlySpan<byte> taken)
    {
        if (_firstBytes is null)
        {
            return;
        }

        int count = Math.Min(taken.Length, _firstBytes.Length - _firstBytesCount);
        taken[..count].CopyTo(_firstBytes.AsSpan(_firstBytesCount));
        _firstBytesCount += count;
    }

    private string? FirstBytesHint()
    {
        // A TLS conversation starts with a handshake record (22) or an alert (21).
        if (_firstBytes is null || _firstBytesCount == 0 || _firstBytes[0] is 21 or 22)
        {
            return null;
        }

        ReadOnlySpan<byte> first = _firstBytes.AsSpan(0, _firstBytesCount);
        bool isText = !first.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        return isText
            ? $"The peer does not speak TLS: it began with the text \"{Encoding.ASCII.GetString(first)}\"{(LooksLikeHttp(first) ? ", as plain HTTP does" : "")}."
            : "The peer does not speak TLS: what it sent does not begin with a TLS record.";
    }

    private static bool LooksLikeHttp(ReadOnlySpan<byte> first) =>
        first.StartsWith("HTTP/"u8) || first.StartsWith("GET "u8) || first.StartsWith("POST "u8) || first.StartsWith("PUT "u8) ||
        first.StartsWith("HEAD "u8) || first.StartsWith("OPTIONS "u8) || first.StartsWith("DELETE "u8) || first.StartsWith("PRI * "u8);
}
