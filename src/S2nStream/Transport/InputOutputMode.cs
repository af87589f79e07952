namespace S2nTls.Transport;

/// <summary>
/// How a driving loop moves ciphertext: each loop is written once, over this. With <see cref="Blocking"/> every step has completed when it
/// returns, so the loop has too: no synchronous call waits for an asynchronous one.
/// </summary>
internal interface IInputOutputMode
{
    public static abstract ValueTask ReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken);

    public static abstract ValueTask WaitToReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken);

    public static abstract ValueTask PrepareToSendAsync(CiphertextTransport transport, CancellationToken cancellationToken);

    public static abstract ValueTask SendAsync(CiphertextTransport transport, CancellationToken cancellationToken);

    public static abstract ValueTask FlushAsync(CiphertextTransport transport, CancellationToken cancellationToken);

    public static abstract ValueTask WaitAsync(SemaphoreSlim turn, CancellationToken cancellationToken);
}

/// <summary>The mode of the asynchronous calls.</summary>
internal readonly struct NonBlocking : IInputOutputMode
{
    public static ValueTask ReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken) =>
        transport.ReceiveAsync(cancellationToken);

    public static ValueTask WaitToReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken) =>
        transport.WaitToReceiveAsync(cancellationToken);

    public static ValueTask PrepareToSendAsync(CiphertextTransport transport, CancellationToken cancellationToken) =>
        transport.PrepareToSendAsync(cancellationToken);

    public static ValueTask SendAsync(CiphertextTransport transport, CancellationToken cancellationToken) =>
        transport.SendAsync(cancellationToken);

    public static ValueTask FlushAsync(CiphertextTransport transport, CancellationToken cancellationToken) =>
        transport.FlushAsync(cancellationToken);

    public static ValueTask WaitAsync(SemaphoreSlim turn, CancellationToken cancellationToken) =>
        turn.Wait(0, CancellationToken.None) ? ValueTask.CompletedTask : new ValueTask(turn.WaitAsync(cancellationToken));
}

/// <summary>The mode of the synchronous calls. They cannot be cancelled.</summary>
internal readonly struct Blocking : IInputOutputMode
{
    public static ValueTask ReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken)
    {
        transport.Receive();
        return ValueTask.CompletedTask;
    }

    public static ValueTask WaitToReceiveAsync(CiphertextTransport transport, CancellationToken cancellationToken)
    {
        transport.WaitToReceive();
        return ValueTask.CompletedTask;
    }

    public static ValueTask PrepareToSendAsync(CiphertextTransport transport, CancellationToken cancellationToken)
    {
        transport.PrepareToSend();
        return ValueTask.CompletedTask;
    }

    public static ValueTask SendAsync(CiphertextTransport transport, CancellationToken cancellationToken)
    {
        transport.Send();
        return ValueTask.CompletedTask;
    }

    public static ValueTask FlushAsync(CiphertextTransport transport, CancellationToken cancellationToken)
    {
        transport.Flush();
        return ValueTask.CompletedTask;
    }

    public static ValueTask WaitAsync(SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        turn.Wait(cancellationToken);
        return ValueTask.CompletedTask;
    }
}
