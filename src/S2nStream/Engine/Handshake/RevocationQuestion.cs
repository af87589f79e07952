using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// The lists of revoked certificates that s2n verifies the peer's chain against. s2n's callback gets neither the connection nor the issuer's name:
/// the names are read from the certificates, as for .NET's validation.
/// </summary>
internal sealed class RevocationQuestion : Question
{
    private readonly S2nRevocationListProvider _lists;

    /// <summary>s2n's lookups, one for each certificate: they belong to the connection.</summary>
    private readonly List<nint> _lookups;

    /// <summary>The issuers whose lists are needed, one for each certificate.</summary>
    private readonly X500DistinguishedName[] _issuers;
    private readonly S2nRevocationList?[] _answers;

    private RevocationQuestion(TlsHandshake handshake, S2nRevocationListProvider lists, List<nint> lookups, X500DistinguishedName[] issuers)
        : base(handshake)
    {
        _lists = lists;
        _lookups = lookups;
        _issuers = issuers;
        _answers = new S2nRevocationList?[issuers.Length];
    }

    /// <exception cref="S2nException">The certificates cannot be read; the handshake has failed permanently.</exception>
    internal static RevocationQuestion For(TlsHandshake handshake, List<nint> lookups, S2nRevocationListProvider lists) =>
        ReadIssuers(handshake) is { } issuers && issuers.Length == lookups.Count
            ? new RevocationQuestion(handshake, lists, lookups, issuers)
            : throw handshake.Fail(CertificateRefusal.NotReadable());

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, S2nRevocationList?>(StringComparer.Ordinal);
        for (int i = 0; i < _issuers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested(); // no longer needed: ask nothing more
            string key = Convert.ToHexString(_issuers[i].RawData);
            if (!found.TryGetValue(key, out _answers[i]))
            {
                found[key] = _answers[i] = await _lists.FindAsync(_issuers[i], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The connection keeps the lists alive.</summary>
    protected override void GoOn()
    {
        ConnectionHandle connection = Handshake.Connection.Handle;
        connection.Use(_ =>
        {
            foreach ((nint lookup, S2nRevocationList? list) in _lookups.Zip(_answers))
            {
                if (list is null)
                {
                    S2nError.Check(S2n.s2n_crl_lookup_ignore(lookup));
                }
                else
                {
                    ThrowUnlessCurrent(list);
                    connection.Keep(list.Handle);
                    S2nError.Check(S2n.s2n_crl_lookup_set(lookup, list.Handle));
                }
            }

            return true;
        });
        Handshake.DropRevocationLookups();
    }

    protected override S2nFault FaultOf(Exception thrown) => CertificateRefusal.RevocationLookupThrew(thrown);

    private static X500DistinguishedName[]? ReadIssuers(TlsHandshake handshake)
    {
        try
        {
            return handshake.Connection.Handle.Use(handshake.ReadPeerCertificates)?.ConvertAll(ReadIssuer).ToArray();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static X500DistinguishedName ReadIssuer(byte[] certificate)
    {
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(certificate);
        return loaded.IssuerName;
    }

    /// <summary>s2n itself does not check a list's times (it overrides AWS-LC's errors about them).</summary>
    private void ThrowUnlessCurrent(S2nRevocationList list)
    {
        if (S2n.s2n_crl_validate_active(list.Handle) != S2n.Success || S2n.s2n_crl_validate_not_expired(list.Handle) != S2n.Success)
        {
            throw Handshake.Fail(CertificateRefusal.RevocationListNotCurrent(S2nError.Last.Name, list));
        }
    }
}
