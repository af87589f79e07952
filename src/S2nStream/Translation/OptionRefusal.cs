using System.Net.Security;

namespace S2nTls.Translation;

/// <summary>Refuses what s2n does not support, and names the option: nothing that was asked for is ignored.</summary>
internal static class OptionRefusal
{
    /// <exception cref="NotSupportedException">One of the values is not supported.</exception>
    internal static void ThrowIfUnsupported(EncryptionPolicy encryptionPolicy, bool allowRsaPssPadding, bool allowRsaPkcs1Padding)
    {
#pragma warning disable SYSLIB0040 // the value is used only to refuse it
        ThrowIf(
            encryptionPolicy == EncryptionPolicy.NoEncryption,
            $"{nameof(EncryptionPolicy)}.{nameof(EncryptionPolicy.NoEncryption)}",
            "s2n always encrypts");
#pragma warning restore SYSLIB0040
        ThrowIf(
            !allowRsaPssPadding,
            $"{nameof(SslClientAuthenticationOptions.AllowRsaPssPadding)} = false",
            "s2n's signature schemes are fixed by the security policy, and TLS 1.3 has no other padding for RSA (RFC 8446 §4.2.3)");
        ThrowIf(
            !allowRsaPkcs1Padding,
            $"{nameof(SslClientAuthenticationOptions.AllowRsaPkcs1Padding)} = false",
            "s2n's signature schemes are fixed by the security policy; choose one without them for an S2nContext");
    }

    /// <exception cref="NotSupportedException">Renegotiation is allowed.</exception>
    internal static void ThrowIfRenegotiationAllowed(bool allowRenegotiation) => ThrowIf(
        allowRenegotiation,
        $"{nameof(SslServerAuthenticationOptions.AllowRenegotiation)} = true",
        "s2n never renegotiates as a server; ask for the client's certificate during the handshake instead");

    private static void ThrowIf(bool refused, string option, string reason)
    {
        if (refused)
        {
            throw new NotSupportedException($"The option {option} is not supported: {reason}.");
        }
    }
}
