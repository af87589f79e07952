using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>The sample of docs/certificates-in-service.md: stands for a key management service that is slow and sometimes fails.</summary>
#region snippet slow-signer
public sealed class SlowSigner(ECDsa key, TimeSpan delay, double failureRate) : S2nSigner
{
    public override async ValueTask<byte[]> SignAsync(S2nSigningRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken); // the network
        if (Random.Shared.NextDouble() < failureRate)
        {
            throw new TimeoutException($"The key management service did not sign ({request}).");
        }

        lock (key) // .NET's keys are not thread-safe
        {
            return key.SignHash(request.Digest.Span, DSASignatureFormat.Rfc3279DerSequence);
        }
    }
}
#endregion

/// <summary>A signer that does as a test says.</summary>
internal sealed class ScriptedSigner(Func<S2nSigningRequest, CancellationToken, ValueTask<byte[]>> sign) : S2nSigner
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public List<S2nSigningRequest> Requests { get; } = [];

    public static byte[] Sign(AsymmetricAlgorithm key, S2nSigningRequest request) => key is RSA rsa
        ? rsa.SignHash(request.Digest.ToArray(), request.HashAlgorithm, request.RsaPadding!)
        : ((ECDsa)key).SignHash(request.Digest.ToArray(), DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>A certificate of the shared authority whose key signs elsewhere, some time later.</summary>
    public static (S2nCertificate Certificate, ScriptedSigner Signer) Certify(string keyType = "P-256", bool forClients = false)
    {
        AsymmetricAlgorithm key = Certificates.SigningIdentity.MakeKey(keyType);
        var signer = new ScriptedSigner(async (request, _) =>
        {
            await Task.Delay(5, CancellationToken.None);
            return Sign(key, request);
        });
        using X509Certificate2 certificate = TestAuthority.Default.Issue(subject: "CN=awaited", forClients: forClients, key: key);
        return (S2nCertificate.FromX509(certificate, signer), signer);
    }

    public override async ValueTask<byte[]> SignAsync(S2nSigningRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        lock (Requests)
        {
            Requests.Add(request);
        }

        return await sign(request, cancellationToken);
    }
}
