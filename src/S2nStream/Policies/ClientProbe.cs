using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Policies;

/// <summary>A client that is never connected, to find out what it would send: its output is kept, and its input is given to it.</summary>
internal sealed class ClientProbe : ConnectionOwner, IDisposable
{
    private readonly List<byte> _sent = [];
    private readonly ConnectionHandle _connection;
    private ReadOnlyMemory<byte> _received;

    /// <param name="config">The connection holds a count on it.</param>
    internal ClientProbe(ConfigHandle config) => _connection = ConnectionHandle.Create(Mode.Client, config, this);

    /// <summary>The ClientHello that it sends.</summary>
    /// <exception cref="S2nException">It produces none.</exception>
    internal S2nClientHello SayHello()
    {
        if (!Goes())
        {
            S2nError.Check(S2n.Failure);
        }

        return S2nClientHello.Parse(_sent.ToArray().AsSpan(RecordHeader.Length));
    }

    /// <summary>Whether it continues after a server's records.</summary>
    internal bool Accepts(ReadOnlyMemory<byte> records)
    {
        _received = records;
        return Goes();
    }

    public void Dispose() => _connection.Dispose();

    internal override int Receive(Span<byte> destination)
    {
        if (_received.IsEmpty)
        {
            return NothingNow;
        }

        int count = Math.Min(destination.Length, _received.Length);
        _received.Span[..count].CopyTo(destination);
        _received = _received[count..];
        return count;
    }

    internal override bool Send(ReadOnlySpan<byte> ciphertext)
    {
        _sent.AddRange(ciphertext);
        return true;
    }

    // None of these is ever reached.
    internal override bool AcceptsName(ReadOnlySpan<byte> name) => false;

    internal override bool TakeClientHello(nint connection) => false;

    internal override bool JudgeCertificate(nint connection, nint info) => false;

    internal override bool TakeSecret(ReadOnlySpan<byte> line) => false;

    internal override bool TakeSessionTicket(nint ticket) => false;

    internal override bool TakePrivateKeyOperation(nint connection, PrivateKeyOperationHandle operation) => false;

    internal override bool TakeEarlyDataOffer(nint connection, nint offer) => false;

    internal override bool TakeRevocationLookup(nint lookup) => false;

    internal override void ReceiveThrew(Exception thrown) { }

    internal override void SendThrew(Exception thrown) { }

    internal override void CallbackThrew(Exception thrown) { }

    /// <summary>Whether it waits for more.</summary>
    private bool Goes() => Negotiate(_connection, out _) == S2n.Failure && S2nError.Last.IsBlocked;
}
