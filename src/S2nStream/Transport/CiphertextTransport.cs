using System.Net;
using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>
/// Moves ciphertext between a connection's two buffers and the layer that carries it. One caller at a time may receive and one may send; both may
/// do so at once. A cancelled caller leaves: the operation that it waited for is not harmed, and the next caller finds its outcome.
/// </summary>
internal abstract class CiphertextTransport
{
    /// <param name="leavesOpen">Whether closing leaves the layer below open.</param>
    private protected CiphertextTransport(bool leavesOpen) => LeavesOpen = leavesOpen;

    /// <summary>Whether closing leaves the layer below open.</summary>
    internal bool LeavesOpen { get; }

    /// <summary>The port of the connected peer; 0 if unknown.</summary>
    internal int RemotePort => RemoteEndPoint is IPEndPoint peer ? peer.Port : 0;

    /// <summary>The address of the connected peer; null if unknown.</summary>
    internal virtual EndPoint? RemoteEndPoint => null;

    internal abstract InboundCiphertext Inbound { get; }

    internal abstract OutboundCiphertext Outbound { get; }

    // Receiving takes three steps, so that the wait in the middle touches neither the engine nor Inbound.

    /// <summary>Prepares <see cref="Inbound"/> for <see cref="ReceiveAsync"/>.</summary>
    internal abstract void PrepareToReceive();

    /// <summary>Waits for ciphertext, or for the transport's end.</summary>
    internal abstract ValueTask ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there is something to receive, without holding a buffer. It may return early.</summary>
    internal abstract ValueTask WaitToReceiveAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ReceiveAsync"/>
    internal abstract void Receive();

    /// <inheritdoc cref="WaitToReceiveAsync"/>
    internal abstract void WaitToReceive();

    /// <summary>Puts the result of <see cref="ReceiveAsync"/> into <see cref="Inbound"/>: bytes, or the end.</summary>
    internal abstract void AcceptReceived();

    /// <summary>Returns the receive buffer if it holds nothing and no abandoned operation uses it.</summary>
    internal abstract void ReleaseReceiveBuffer();

    /// <summary>Returns the receive buffer with its content: there will be no more reads.</summary>
    internal abstract void DiscardReceived();

    /// <summary>Waits until <see cref="Outbound"/> may be written to: until an abandoned send is over.</summary>
    internal abstract ValueTask PrepareToSendAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="PrepareToSendAsync"/>
    internal abstract void PrepareToSend();

    /// <summary>Whether an abandoned send is still in progress.</summary>
    internal abstract bool IsSendingUnwatched { get; }

    /// <summary>Hands over everything in <see cref="Outbound"/>.</summary>
    internal abstract ValueTask SendAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="SendAsync"/>
    internal abstract void Send();

    /// <summary>Makes the layers below pass on their data.</summary>
    internal abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="FlushAsync"/>
    internal abstract void Flush();

    /// <summary>Ends the wait of a receiving caller, and of later ones, with an <see cref="ObjectDisposedException"/>.</summary>
    internal abstract void StopReceiving();

    /// <summary>Ends the wait of a sending caller, and of later ones, with an <see cref="ObjectDisposedException"/>.</summary>
    internal abstract void StopSending();

    /// <summary>
    /// Whether <see cref="StopSending"/> reliably ends a send, and closing must wait for that: the memory being written to belongs to the layer
    /// below. Otherwise closing is what ends a send.
    /// </summary>
    internal abstract bool ClosesAfterSending { get; }

    /// <summary>Closes the layer below, unless it is to be left open. Operations in progress there end.</summary>
    internal abstract ValueTask CloseAsync();

    /// <inheritdoc cref="CloseAsync"/>
    internal abstract void Close();
}
