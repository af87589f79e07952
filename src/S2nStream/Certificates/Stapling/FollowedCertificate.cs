using System.Security.Cryptography;
using S2nTls.Interop;

namespace S2nTls.Certificates.Stapling;

/// <summary>One of a context's certificates, with the response that it came with. Immutable.</summary>
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
            // its own response is bad or out of date: it is not sent, and another is fetched at once
        }
    }

    /// <summary>Null if there is no responder to ask: the certificate is shown as it is.</summary>
    internal OcspSubject? Subject { get; }

    /// <summary>Why the responder that the certificate names cannot be asked.</summary>
    internal Exception? Obstacle { get; }

    /// <summary>The response that the certificate came with, while it is valid.</summary>
    internal OcspStaple? SeedAt(DateTimeOffset now) => _seed?.IsGoodAt(now) == true ? _seed : null;

    /// <summary>What to staple now; null for nothing.</summary>
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

    /// <summary>The certificate with a response, or with none. If one is made for this, the caller disposes it.</summary>
    /// <param name="staple">The response.</param>
    /// <param name="made">The new certificate; null if the existing one is shown as it is.</param>
    internal CertificateHandle With(OcspStaple? staple, out S2nCertificate? made)
    {
        made = Subject is null || (staple is null ? _own.OcspResponse.IsEmpty : staple == _seed) ? null : _own.With(staple?.Response ?? default);
        return made?.Handle ?? _own.Handle;
    }
}
