using System.Security.Cryptography;
using S2nTls.Interop;

namespace S2nTls.Certificates.Stapling;

/// <summary>One of a context's certificates, with what is stapled to it at the moment. Immutable.</summary>
internal sealed class FollowedCertificate
{
    private readonly OwnCertificate _own;
    private readonly OcspStaple? _seed;

    internal FollowedCertificate(OwnCertificate own, DateTimeOffset now)
    {
        _own = own;
        try
        {
            Subject = own.FindSubject();
            _seed = Subject is null || own.OcspResponse.IsEmpty ? null : OcspVerification.Check(own.OcspResponse, Subject, now);
        }
        catch (Exception e) when (e is InvalidOperationException or CryptographicException)
        {
            Obstacle = e;
        }
        catch (InvalidDataException)
        {
            // what it was given is no good, or no longer: it is not sent, and another is fetched at once
        }
    }

    /// <summary>Null where there is nobody to ask: the certificate is shown as it is.</summary>
    internal OcspSubject? Subject { get; }

    /// <summary>Why nobody can be asked, where the certificate names somebody.</summary>
    internal Exception? Obstacle { get; }

    /// <summary>The response that the certificate came with, while it is good.</summary>
    internal OcspStaple? SeedAt(DateTimeOffset now) => _seed?.IsGoodAt(now) == true ? _seed : null;

    /// <summary>What is to be stapled now; null for nothing.</summary>
    internal OcspStaple? StapleOf(StapleKeeper keeper)
    {
        if (Subject is null)
        {
            return null;
        }

        DateTimeOffset now = keeper.Clock.GetUtcNow();
        OcspStaple? kept = keeper.Find(Subject), seed = SeedAt(now);
        return seed?.IsNewsAfter(kept, now) == true ? seed : kept;
    }

    /// <summary>The certificate with a response, or none. The caller disposes it, if it is one that was made.</summary>
    /// <param name="staple">The response.</param>
    /// <param name="made">Null where the certificate is shown as it is.</param>
    internal CertificateHandle With(OcspStaple? staple, out S2nCertificate? made)
    {
        made = Subject is null || (staple is null ? _own.OcspResponse.IsEmpty : staple == _seed) ? null : _own.With(staple?.Response ?? default);
        return made?.Handle ?? _own.Handle;
    }
}
