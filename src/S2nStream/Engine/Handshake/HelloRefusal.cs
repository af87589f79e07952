using System.Security.Authentication;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// A client whose ClientHello has nothing in common with this server's security policy: the reason in words, and the alert for it. s2n answers with
/// <c>close_notify</c>, which some clients wait out. The verdict depends on the ClientHello alone, which anyone on the path has seen, so there is
/// nothing to hide.
/// </summary>
internal static class HelloRefusal
{
    private const string NoCipherSuite = "S2N_ERR_CIPHER_NOT_SUPPORTED";
    private const string NoGroup = "S2N_ERR_INVALID_SUPPORTED_GROUP_STATE";
    private const string NoVersion = "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED";

    /// <returns>Null unless the error is such a refusal.</returns>
    internal static S2nFault? For(S2nError error, ConnectionHandle handle, S2nSecurityPolicy policy) => error.Name switch
    {
        NoCipherSuite or NoVersion when OfferedVersions(handle) is { } offered && (offered & policy.Protocols) == 0 =>
            S2nFault.NoVersionInCommon(error, offered, policy.Name, policy.Protocols),
        NoCipherSuite or NoGroup => S2nFault.HelloRefused(error, TlsAlert.HandshakeFailure),
        NoVersion => S2nFault.HelloRefused(error, TlsAlert.ProtocolVersion),
        _ => null,
    };

    private static SslProtocols? OfferedVersions(ConnectionHandle handle)
    {
        try
        {
            byte[] message = handle.Use(static connection => NativeClientHello.Of(connection).ReadMessage());
            return S2nClientHello.TryParse(message, out S2nClientHello? hello) ? hello.SslProtocols : null;
        }
        catch (S2nException)
        {
            return null; // s2n has none to give: its own words must do
        }
    }
}
