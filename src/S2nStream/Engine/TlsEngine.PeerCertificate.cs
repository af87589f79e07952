using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.Engine.Handshake;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// Asks .NET, and through it the user's callback, whether the peer's certificate is good, where s2n's own
/// verification is not to decide: inside the handshake, before anything is sent in answer.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private CertificateValidation? _validation;
    private readonly object? _sender;
    private PeerCertificateReader? _certificateReader;
    private X509Certificate2? _judgedCertificate;

    /// <summary>The function that s2n asks for its verdict; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, nint, int> CertificateValidationCallback => &OnCertificateValidation;

    /// <summary>The function that s2n tells each connection's secrets; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, byte*, nuint, int> KeyLogCallback => &OnKeyLog;

    internal PeerCertificateReader? CertificateReader => _certificateReader;

    private void JudgeWith(CertificateValidation? validation)
    {
        _validation = validation;
        if (validation is not null && !_isServer)
        {
            _certificateReader = new PeerCertificateReader();
        }
    }

    /// <returns>0, with the verdict given; −1 ends the handshake, without blinding: what is refused is public.</returns>
    [UnmanagedCallersOnly]
    private static int OnCertificateValidation(nint connection, nint info, nint configContext)
    {
        TlsEngine? engine = null;
        try
        {
            engine = Of(connection);
            engine._refusal = engine._validation is null
                ? engine.CheckValidatedChain(connection)
                : engine.JudgeCertificate(engine.ReadCertificates(connection));
            return engine._refusal is null ? S2n.s2n_cert_validation_accept(info) : S2n.Failure;
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
            engine?._refusal = CertificateRefusal.ValidationThrew(e);
        }

        return S2n.Failure;
    }

    [UnmanagedCallersOnly]
    private static int OnKeyLog(nint configContext, nint connection, byte* line, nuint length)
    {
        TlsEngine? engine = null;
        try
        {
            engine = Of(connection);
            if (engine._isLeft)
            {
                return S2n.Failure; // s2n does not mind, and goes on
            }

            // s2n frees the line when this returns; the readers copy what they need of it.
            engine._certificateReader?.TakeSecret(new ReadOnlySpan<byte>(line, (int)length));
            engine._flight?.TakeSecret(new ReadOnlySpan<byte>(line, (int)length));
            engine.Log(line, (int)length);
            return S2n.Success;
        }
        catch (Exception e)
        {
            engine?._callbackException = e; // of a key log that cannot be written: it was asked for, and is not left out in silence
            engine?._certificateReader?.Dispose(); // without the secret the certificates are not available, and the peer is refused
            engine?._flight?.Dispose(); // nor can the flight be read, and no certificate is chosen
        }

        return S2n.Failure;
    }

    /// <summary>A client takes them from the handshake, a server is given them by s2n.</summary>
    private List<byte[]>? ReadCertificates(nint connection)
    {
        if (_certificateReader is { } reader)
        {
            try
            {
                return reader.Read();
            }
            finally
            {
                reader.Dispose();
                _certificateReader = null;
            }
        }

        // The list belongs to the connection; it is copied.
        return S2n.s2n_connection_get_client_cert_chain(connection, out byte* list, out uint length) == S2n.Success
            ? CertificateList.ReadEntries(new ReadOnlySpan<byte>(list, (int)length), withExtensions: false)
            : null;
    }

    /// <returns>Why the certificate is refused; null where it is not.</returns>
    private S2nFault? JudgeCertificate(List<byte[]>? sent)
    {
        if (sent is null)
        {
            return CertificateRefusal.NotReadable();
        }

        if (sent.Count > CertificateList.MaxLength)
        {
            return CertificateRefusal.TooLong(sent.Count);
        }

        var chain = new X509Certificate2Collection();
        try
        {
            sent.ForEach(certificate => chain.Add(X509CertificateLoader.LoadCertificate(certificate)));
        }
        catch (CryptographicException)
        {
            return CertificateRefusal.NotReadable();
        }

        _judgedCertificate = chain[0];
        _peerCertificates = sent;
        return Ask(() => _validation!.Judge(_sender, chain, _host));
    }

    /// <summary>
    /// s2n does not ask about a peer that has sent no certificate. A server's callback is to be asked about such a
    /// client, as SslStream's is; and a client judges a session that it resumes by what the server showed when it was
    /// made, since .NET's judgement stands for one connection only.
    /// </summary>
    private void JudgeUnseen()
    {
        _certificateReader?.Dispose(); // a resumed session has shown no certificate
        _certificateReader = null;
        if (_validation is null || _judgedCertificate is not null)
        {
            return;
        }

        if (ResumedSession is { } session)
        {
            _fault = Guarded(() => JudgeCertificate([.. session.PeerCertificates]));
        }
        else if (_isServer)
        {
            _fault = Guarded(() => Ask(() => _validation.JudgeNone(_sender)));
        }

        ThrowIfFaulted();
    }

    /// <summary>A judgement whose exception is the caller's to see, and the end of the connection.</summary>
    private S2nFault? Guarded(Func<S2nFault?> judge)
    {
        try
        {
            return judge();
        }
        catch (Exception e) when (!_isLeft)
        {
            _fault = CertificateRefusal.ValidationThrew(e);
            throw;
        }
    }
}
