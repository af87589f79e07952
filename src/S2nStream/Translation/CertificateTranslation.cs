using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>
/// A certificate of .NET in s2n's memory, and the contexts that were made with it. Both live as long as the
/// object of .NET: a certificate that was replaced by another is let go of with everything that was made for it.
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

    /// <summary>The certificate as it was given, or as it was found with its private key.</summary>
    internal X509Certificate2 Own { get; }

    internal ContextCache Contexts { get; } = new();

    /// <summary>Translates one with the chain that was made for it.</summary>
    internal static CertificateTranslation Of(SslStreamCertificateContext context)
    {
        CertificateContextTrust.ThrowIfSet(context);
        return s_translations.GetValue(context, static key =>
        {
            var context = (SslStreamCertificateContext)key;
            return new(S2nCertificate.FromX509(context.TargetCertificate, [.. context.IntermediateCertificates]), context.TargetCertificate);
        });
    }

    /// <summary>Translates one whose intermediates are looked for where .NET looks for them.</summary>
    /// <returns>Null where there is no private key, not even in the user's or the machine's store.</returns>
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
