using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.Engine.Handshake;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// Looks up the lists of revoked certificates that s2n verifies the peer's chain against: the handshake waits for
/// the application meanwhile. s2n asks once for each certificate that the peer has sent, in their order.
/// </summary>
/// <remarks>
/// s2n's callback is told neither the connection nor the issuer's name. Which engine is meant tells the thread,
/// since the callback is made within its s2n_negotiate; and the names are read from the certificates, as for
/// .NET's judgement.
/// </remarks>
internal sealed unsafe partial class TlsEngine
{
    [ThreadStatic]
    private static TlsEngine? s_negotiating;

    private IS2nRevocationListProvider? _revocationLists;

    /// <summary>They belong to the connection, and are valid until they are answered.</summary>
    private List<nint>? _lookups;

    /// <summary>The function that s2n asks for lists; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, int> RevocationLookupCallback => &OnRevocationLookup;

    /// <summary>The issuers whose lists are needed, one for each certificate.</summary>
    /// <exception cref="S2nException">The certificates cannot be read; the handshake has failed for good.</exception>
    private X500DistinguishedName[] ReadIssuers(int count)
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            if (ReadCertificates(_connection.DangerousGetHandle()) is { } sent && sent.Count == count)
            {
                return [.. sent.Select(ReadIssuer)];
            }
        }
        catch (CryptographicException)
        {
            // refused below
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }

        _fault = CertificateRefusal.NotReadable();
        throw _fault.ToException();
    }

    /// <summary>Goes on with a handshake that waits for lists. The connection keeps them alive.</summary>
    /// <param name="lists">One for each certificate; null where there is none.</param>
    /// <exception cref="S2nException">One of them is not valid now; the handshake has failed for good.</exception>
    internal void AnswerRevocationLookups(S2nRevocationList?[] lists)
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            foreach ((nint lookup, S2nRevocationList? list) in _lookups!.Zip(lists))
            {
                if (list is null)
                {
                    S2nError.ThrowIf(S2n.s2n_crl_lookup_ignore(lookup) != S2n.Success);
                }
                else
                {
                    ThrowUnlessCurrent(list);
                    _connection.Keep(list.Handle);
                    S2nError.ThrowIf(S2n.s2n_crl_lookup_set(lookup, list.Handle) != S2n.Success);
                }
            }

            _lookups = null;
            _question = null;
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }

    /// <summary>Ends a handshake whose lists could not be looked up. What was thrown is the caller's to see.</summary>
    internal void RefuseRevocationLookups(Exception thrown) => _fault ??= CertificateRefusal.RevocationLookupThrew(thrown);

    private static X500DistinguishedName ReadIssuer(byte[] certificate)
    {
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(certificate);
        return loaded.IssuerName;
    }

    private int Negotiate(out BlockedStatus blocked)
    {
        if (_revocationLists is null)
        {
            return S2n.s2n_negotiate(_connection, out blocked);
        }

        TlsEngine? outer = s_negotiating; // a callback of the user's may perform another handshake
        s_negotiating = this;
        try
        {
            return S2n.s2n_negotiate(_connection, out blocked);
        }
        finally
        {
            s_negotiating = outer;
        }
    }

    private void LookUpIn(IS2nRevocationListProvider? lists)
    {
        _revocationLists = lists;
        if (lists is not null && !_isServer)
        {
            _certificateReader = new PeerCertificateReader();
        }
    }

    /// <returns>0, without an answer: s2n waits.</returns>
    [UnmanagedCallersOnly]
    private static int OnRevocationLookup(nint lookup, nint configContext)
    {
        TlsEngine? engine = s_negotiating;
        try
        {
            (engine!._lookups ??= []).Add(lookup);
            return S2n.Success;
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
            return S2n.Failure;
        }
    }

    /// <summary>s2n itself does not look at a list's times (it overrules AWS-LC's errors about them).</summary>
    private void ThrowUnlessCurrent(S2nRevocationList list)
    {
        if (S2n.s2n_crl_validate_active(list.Handle) != S2n.Success || S2n.s2n_crl_validate_not_expired(list.Handle) != S2n.Success)
        {
            _fault = CertificateRefusal.RevocationListNotCurrent(S2nError.Last.Name, list);
            throw _fault.ToException();
        }
    }
}
