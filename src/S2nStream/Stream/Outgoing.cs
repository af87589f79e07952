using System.Buffers;
using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// What is still to be sent. Used as a type parameter, so that one loop serves everything that produces ciphertext, without virtual calls.
/// </summary>
internal interface IOutgoing
{
    /// <summary>Whether another of its kind is refused while one is in progress, instead of waiting.</summary>
    public static abstract bool IsWrite { get; }

    /// <summary>Whether the layers below should pass it on at once.</summary>
    public static abstract bool IsFlushed { get; }

    public bool IsEmpty { get; }

    /// <summary>Throws if it can no longer be sent.</summary>
    public void Check(S2nStream stream);

    /// <summary>Encrypts at most <paramref name="most"/> bytes from the beginning, and removes them.</summary>
    public void Encrypt(S2nStream stream, TlsConnection connection, int most);
}

internal struct OnePiece(ReadOnlyMemory<byte> memory) : IOutgoing
{
    public static bool IsWrite => true;

    public static bool IsFlushed => false;

    public readonly bool IsEmpty => memory.IsEmpty;

    public readonly void Check(S2nStream stream) => stream.ThrowIfWriteSideUnusable();

    public void Encrypt(S2nStream stream, TlsConnection connection, int most)
    {
        int size = Math.Min(memory.Length, most);
        connection.Encrypt(memory.Span[..size]);
        memory = memory[size..];
    }
}

internal struct Pieces(ReadOnlySequence<byte> sequence) : IOutgoing
{
    public static bool IsWrite => true;

    public static bool IsFlushed => false;

    public readonly bool IsEmpty => sequence.IsEmpty;

    public readonly void Check(S2nStream stream) => stream.ThrowIfWriteSideUnusable();

    public void Encrypt(S2nStream stream, TlsConnection connection, int most)
    {
        long size = Math.Min(sequence.Length, most);
        connection.Encrypt(sequence.Slice(0, size));
        sequence = sequence.Slice(size);
    }
}

internal struct KeyUpdate : IOutgoing
{
    public static bool IsWrite => false;

    public static bool IsFlushed => false;

    public bool IsEmpty { get; private set; }

    public readonly void Check(S2nStream stream) => stream.ThrowIfWriteSideUnusable();

    public void Encrypt(S2nStream stream, TlsConnection connection, int most)
    {
        IsEmpty = true;
        connection.UpdateKeys();
    }
}

/// <summary>The half-close. There is nothing to send if it has already been sent.</summary>
internal struct CloseNotify : IOutgoing
{
    public static bool IsWrite => false;

    public static bool IsFlushed => true;

    public bool IsEmpty { get; private set; }

    public void Check(S2nStream stream) => IsEmpty = stream.ThrowIfNothingCanBeSent();

    public void Encrypt(S2nStream stream, TlsConnection connection, int most)
    {
        IsEmpty = true;
        stream.AppendCloseNotify(connection);
    }
}
