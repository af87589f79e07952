using System.Buffers.Binary;
using System.Runtime.InteropServices;
using S2nTls.Context;
using S2nTls.Engine.Handshake;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// A server that decides what to be when it has read the client's hello. With the context that
/// <see cref="S2nContext.CreateToReadHello"/> makes, the handshake stops there and waits for the application;
/// <see cref="Continue(HandshakePlan)"/> gives it the context to go on with.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private const int ClientHelloMessage = 1;

    /// <summary>The function that pauses a handshake at the client's hello; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, int> ClientHelloPause => &OnClientHelloToPause;

    /// <summary>What the client has sent; to be read when the handshake waits for the application.</summary>
    internal S2nClientHello ReadClientHello()
    {
        const int Header = 4, Version = 2, Random = 32;
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            nint hello = S2n.s2n_connection_get_client_hello(_connection.DangerousGetHandle());
            nint size = S2n.s2n_client_hello_get_raw_message_length(hello);
            S2nError.ThrowIf(size < Version + Random);
            byte[] message = new byte[Header + size];
            BinaryPrimitives.WriteInt32BigEndian(message, (ClientHelloMessage << 24) | (int)size);
            fixed (byte* bytes = message)
            {
                // s2n has put the random elsewhere, and zeros in its place.
                S2nError.ThrowIf(S2n.s2n_client_hello_get_raw_message(hello, bytes + Header, (uint)size) != size);
                S2nError.ThrowIf(S2n.s2n_client_hello_get_random(hello, bytes + Header + Version, Random) != S2n.Success);
            }

            return S2nClientHello.TryOwn(message, out S2nClientHello? read)
                ? read
                : throw new InvalidOperationException("s2n takes a message for a ClientHello that is none.");
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }

    /// <summary>
    /// Ends a server's handshake that waits for the application and has sent nothing that is encrypted yet, unless it has failed already. The
    /// client is told at once: nothing about it depends on a secret.
    /// </summary>
    internal void Refuse(Exception thrown) =>
        _fault ??= S2nFault.ClientRefused((thrown as S2nClientRefusedException)?.Alert ?? TlsAlert.InternalError) with { Cause = thrown };

    /// <summary>Goes on with a handshake that stands at the client's hello; the context may want to know of its pre-shared keys first.</summary>
    /// <inheritdoc cref="Continue(HandshakePlan)" path="/exception"/>
    internal void Continue(HandshakePlan plan, S2nClientHello hello)
    {
        if (plan.Context.SelectPreSharedKey is { } select)
        {
            _question = new PreSharedKeyQuestion(this, plan, PreSharedKeyOffer.In(hello), select);
        }
        else
        {
            Continue(plan);
        }
    }

    /// <summary>Goes on with a handshake that waits for the application, as a server with another context.</summary>
    /// <exception cref="S2nException">The client does not fit the context.</exception>
    internal void Continue(HandshakePlan plan)
    {
        S2nContext context = plan.Context;
        _plan = plan;
        _question = null;

        // In this order: s2n asks the config that has paused the handshake whether it may go on.
        S2nError.ThrowIf(S2n.s2n_client_hello_cb_done(_connection) != S2n.Success);
        Configure(plan, Use(context));
        UsePreSharedKeys(plan);
        UseEarlyData(plan);
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            nint hello = S2n.s2n_connection_get_client_hello(_connection.DangerousGetHandle());
            if (S2n.s2n_client_hello_get_extension_length(hello, ExtensionType.ServerName) > 0)
            {
                S2nError.ThrowIf(S2n.s2n_connection_server_name_extension_used(_connection) != S2n.Success);
            }

            if (context.ApplicationProtocols.Count > 0 && !OffersOneOf(hello, context.ApplicationProtocols))
            {
                _fault = S2nFault.NoApplicationProtocol();
                ThrowIfFaulted();
            }
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }

    /// <returns>0, without <c>s2n_client_hello_cb_done</c>: s2n waits.</returns>
    [UnmanagedCallersOnly]
    private static int OnClientHelloToPause(nint connection, nint configContext) => S2n.Success;
}
