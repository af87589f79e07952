using System.Buffers.Binary;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// A server that decides what to be when it has read the client's hello. With the context that
/// <see cref="S2nContext.CreateToReadHello"/> makes, the handshake stops there and waits for the application;
/// <see cref="Continue"/> gives it the context to go on with.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private const ushort SupportedVersionsExtension = 43;

    /// <summary>The function that pauses a handshake at the client's hello; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, int> ClientHelloPause => &OnClientHelloToPause;

    /// <summary>What the client asks for; to be read when the handshake waits for the application.</summary>
    internal SslClientHelloInfo ReadClientHello()
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            nint hello = S2n.s2n_connection_get_client_hello(_connection.DangerousGetHandle());
            return new SslClientHelloInfo(ReadServerName(hello), ReadProtocols(hello));
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }

    /// <summary>Goes on with a handshake that waits for the application, as a server with another context.</summary>
    /// <exception cref="S2nException">The client does not fit the context.</exception>
    internal void Continue(HandshakePlan plan)
    {
        S2nContext context = plan.Context;

        // In this order: s2n asks the config that has paused the handshake whether it may go on.
        S2nError.ThrowIf(S2n.s2n_client_hello_cb_done(_connection) != S2n.Success);
        _connection.UseConfig(context.Config);
        Configure(plan);
        UsePreSharedKeys(plan);
        UseEarlyData(plan);
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            nint hello = S2n.s2n_connection_get_client_hello(_connection.DangerousGetHandle());
            if (S2n.s2n_client_hello_get_extension_length(hello, ServerNameExtension) > 0)
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

    private static string ReadServerName(nint hello)
    {
        Span<byte> name = stackalloc byte[byte.MaxValue]; // a longer one is no name of a host (RFC 1035 §2.3.4)
        fixed (byte* bytes = name)
        {
            return
                S2n.s2n_client_hello_get_server_name_length(hello, out ushort length) == S2n.Success && length <= name.Length &&
                S2n.s2n_client_hello_get_server_name(hello, bytes, length, out ushort read) == S2n.Success
                ? Encoding.UTF8.GetString(name[..read])
                : string.Empty;
        }
    }

    /// <summary>A list with a one-byte length, of versions (RFC 8446 §4.2.1); a client without it has one version at most.</summary>
    private static SslProtocols ReadProtocols(nint hello)
    {
        Span<byte> extension = stackalloc byte[byte.MaxValue];
        fixed (byte* bytes = extension)
        {
            nint size = S2n.s2n_client_hello_get_extension_by_id(hello, SupportedVersionsExtension, bytes, (uint)extension.Length);
            if (size <= 1)
            {
                _ = S2n.s2n_client_hello_get_legacy_protocol_version(hello, out byte version);
                return ProtocolVersions.ToSslProtocols(version);
            }

            SslProtocols protocols = SslProtocols.None;
            for (Span<byte> list = extension[1..(int)size]; list.Length >= 2; list = list[2..])
            {
                protocols |= ProtocolVersions.FromWire(BinaryPrimitives.ReadUInt16BigEndian(list));
            }

            return protocols;
        }
    }
}
