using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>
/// Moves ciphertext between a connection's two buffers and whatever carries it. One caller at a time may
/// receive and one may send; both may do so at once. A caller who is cancelled leaves: the operation it
/// waited for is not harmed, and the next caller finds its outcome.
/// </summary>
internal abstract class CiphertextTransport
{
    /// <param name="leavesOpen">Whether closing leaves open what is below.</param>
    private protected CiphertextTransport(bool leavesOpen) => LeavesOpen = leavesOpen;

    /// <summary>Whether closing leaves open what is below.</summary>
    internal bool LeavesOpen { get; }

    /// <summary>The port of the peer that this is connected with; 0 where it is not known.</summary>
    internal virtual int RemotePort => 0;

    internal abstract InboundCiphertext Inbound { get; }

    internal abstract OutboundCiphertext Outbound { get; }

    // Receiving takes three steps, so that the wait in the middle touches neither the engine nor Inbound.

    /// <summary>Gets <see cref="Inbound"/> ready for <see cref="ReceiveAsync"/>.</summary>
    internal abstract void PrepareToReceive();

    /// <summary>Waits for ciphertext, or for the transport's end.</summary>
    internal abstract ValueTask ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there is something to receive, without holding a buffer. It may return early.</summary>
    internal abstract ValueTask WaitToReceiveAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ReceiveAsync"/>
    internal abstract void Receive();

    /// <inheritdoc cref="WaitToReceiveAsync"/>
    internal abstract void WaitToReceive();

    /// <summary>Puts what <see cref="ReceiveAsync"/> has brought into <see cref="Inbound"/>: bytes, or the end.</summary>
    internal abstract void AcceptReceived();

    /// <summary>Gives back the receive buffer if it holds nothing and no operation that was left behind uses it.</summary>
    internal abstract void ReleaseReceiveBuffer();

    /// <summary>Gives back the receive buffer with what it holds: nobody will read again.</summary>
    internal abstract void DiscardReceived();

    /// <summary>Waits until <see cref="Outbound"/> may be written to: until a send whose caller has left is over.</summary>
    internal abstract ValueTask PrepareToSendAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="PrepareToSendAsync"/>
    internal abstract void PrepareToSend();

    /// <summary>Whether a send whose caller has left is still going on.</summary>
    internal abstract bool IsSendingUnwatched { get; }

    /// <summary>Hands over all that <see cref="Outbound"/> holds.</summary>
    internal abstract ValueTask SendAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="SendAsync"/>
    internal abstract void Send();

    /// <summary>Makes the layers below pass on what they were given.</summary>
    internal abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="FlushAsync"/>
    internal abstract void Flush();

    /// <summary>Ends the wait of a receiving caller, and of those that come later, with an <see cref="ObjectDisposedException"/>.</summary>
    internal abstract void StopReceiving();

    /// <summary>Ends the wait of a sending caller, and of those that come later, with an <see cref="ObjectDisposedException"/>.</summary>
    internal abstract void StopSending();

    /// <summary>
    /// Whether <see cref="StopSending"/> ends a send for certain, and closing must wait for that: the memory
    /// that is being written to belongs to the layer below. Otherwise closing is what ends a send.
    /// </summary>
    internal abstract bool ClosesAfterSending { get; }

    /// <summary>Closes what is below, unless it is to be left open. What is still going on there ends.</summary>
    internal abstract ValueTask CloseAsync();

    /// <inheritdoc cref="CloseAsync"/>
    internal abstract void Close();
}
