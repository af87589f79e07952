using System.Security.Authentication;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <content>How the handshake fails, and what s2n's errors mean in it.</content>
internal sealed partial class TlsHandshake
{
    /// <summary>Ends the handshake with a fault that s2n does not know.</summary>
    internal S2nException Fail(S2nFault fault) => Connection.End(fault).ToException();

    /// <summary>Ends the handshake with the error that s2n has just reported. The caller sees a key's exception unchanged.</summary>
    internal Exception Fail(S2nError error) =>
        _privateKeyFailure is { } thrown ? KeyHasFailed(S2nFault.PrivateKeyFailed(error, thrown), thrown) : Connection.Fail(error);

    /// <summary>Ends the handshake because a private key threw.</summary>
    internal AuthenticationException KeyHasFailed(S2nFault fault, Exception thrown)
    {
        Connection.End(fault);
        return new AuthenticationException($"Authentication failed: {fault.Message}", thrown);
    }

    /// <summary>What an s2n error means here.</summary>
    internal S2nFault Explain(S2nError error)
    {
        ForgetSecrets(); // the handshake failed before they were needed
        S2nFault fault =
            Refusal is { } refused ? refused
            : _plan.Context.Settings.RefusesCertificates && error.Name == "S2N_ERR_CERT_UNTRUSTED" ? S2nFault.PreSharedKeyNotUsed(error.Name)
            : Connection is { IsServer: true, HasPreSharedKeys: true } && error.Name == "S2N_ERR_BAD_MESSAGE" ? S2nFault.PreSharedKeyNotProved(error)
            : error.Name == "S2N_ERR_BAD_MESSAGE" && LastMessage is "SERVER_CERT" or "CLIENT_CERT" ? S2nFault.CertificatesNotTaken(error)
            : Connection.IsServer && LastMessage == "CLIENT_HELLO" && HelloRefusal.For(error, _handle, _plan.Context.Settings.SecurityPolicy) is { } nothingInCommon ? nothingInCommon
            : PeerSpeaksSomethingElse ? S2nFault.NotTls(_firstBytes.Describe(Connection.Inbound))
            : error.Type == S2nErrorType.Closed ? S2nFault.ClosedDuringHandshake(error)
            : S2nFault.Capture(error, Connection.PeerAlert(error));
        return fault with { LastMessage = LastMessage, Message = _plan.ExplainPolicy?.Invoke(fault) is { } why ? $"{fault.Message} {why}" : fault.Message };
    }
}
