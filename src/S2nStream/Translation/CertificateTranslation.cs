using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>
/// A .NET certificate in s2n's memory, and the contexts that were made with it. Both live as long as the .NET object: a replaced certificate is
/// released with everything that was made for it.
/// </summary>
internal sealed class CertificateTranslation
{
    private static readonly ConditionalWeakTable<object, CertificateTranslation> s_translations = [];

    private CertificateTranslation(S2nCertificate certificate, X509Certificate2 own)
    {
        Certificate = certificate;
        Own = own;
    }

    internal S2nCertificate Certificate { get; }

    /// <summary>The certificate as given, or as found with its private key.</summary>
    internal X509Certificate2 Own { get; }

    internal ContextCache Contexts { get; } = new();

    /// <summary>Whether OCSP responses are fetched for it, as SslStream would.</summary>
    internal bool MayFetchStaples { get; private init; }

    /// <summary>Translates a certificate with the chain that was made for it.</summary>
    internal static CertificateTranslation Of(SslStreamCertificateContext context)
    {
        CertificateContextTrust.ThrowIfSet(context);
        return s_translations.GetValue(context, static key =>
        {
            var context = (SslStreamCertificateContext)key;
            S2nCertificate certificate = S2nCertificate.FromX509(context.TargetCertificate, [.. context.IntermediateCertificates]);
            certificate.IssuerBesideChain = CertificateContextStapling.RootOf(context);
            return new(certificate, context.TargetCertificate) { MayFetchStaples = CertificateContextStapling.IsAllowed(context) };
        });
    }

    /// <summary>Translates a certificate, and looks for its intermediates where .NET does.</summary>
    /// <returns>Null if there is no private key, not even in the user's or the machine's store.</returns>
    internal static CertificateTranslation? Of(X509Certificate certificate)
    {
        if (s_translations.TryGetValue(certificate, out CertificateTranslation? known))
        {
            return known;
        }

        return PrivateKeySearch.WithPrivateKey(certificate) is { } own
            ? s_translations.GetValue(certificate, _ => new(S2nCertificate.FromX509(own, IntermediateSearch.Of(own)), own))
            : null;
    }
}
