using System.Security.Cryptography;

namespace S2nTls.Tests.Certificates;

/// <summary>What the tests see and decide of a key that stands for one in hardware or in a service.</summary>
internal sealed class KeyUse
{
    private int _count;
    private int _inside;

    /// <summary>How many signatures were asked for.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether two threads have ever been inside at once.</summary>
    public bool Overlapped { get; private set; }

    public RSASignaturePadding? LastPadding { get; set; }

    public int LastDigestSize { get; private set; }

    /// <summary>Whether the key tells its public half.</summary>
    public bool ShowsPublicKey { get; init; } = true;

    /// <summary>What happens before each signature.</summary>
    public Action? Before { get; set; }

    public byte[] Sign(byte[] digest, Func<byte[]> sign)
    {
        Interlocked.Increment(ref _count);
        LastDigestSize = digest.Length;
        Overlapped |= Interlocked.Increment(ref _inside) > 1;
        try
        {
            Before?.Invoke();
            return sign();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void RefuseExport(bool ofPrivateKey)
    {
        if (ofPrivateKey || !ShowsPublicKey)
        {
            throw new CryptographicException("The key stays where it is.");
        }
    }
}

/// <summary>Signs with another key, which it does not give away: what an adapter for a hardware module looks like.</summary>
internal sealed class SigningRsa(RSA inner, KeyUse use) : RSA
{
    public override int KeySize => inner.KeySize;

    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)
    {
        use.LastPadding = padding;
        return use.Sign(hash, () => inner.SignHash(hash, hashAlgorithm, padding));
    }

    public override RSAParameters ExportParameters(bool includePrivateParameters)
    {
        use.RefuseExport(includePrivateParameters);
        return inner.ExportParameters(false);
    }

    public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException();
}

/// <inheritdoc cref="SigningRsa"/>
internal sealed class SigningECDsa(ECDsa inner, KeyUse use) : ECDsa
{
    public override int KeySize => inner.KeySize;

    public override byte[] SignHash(byte[] hash) => use.Sign(hash, () => inner.SignHash(hash));

    public override bool VerifyHash(byte[] hash, byte[] signature) => inner.VerifyHash(hash, signature);

    public override ECParameters ExportParameters(bool includePrivateParameters)
    {
        use.RefuseExport(includePrivateParameters);
        return inner.ExportParameters(false);
    }
}

/// <summary>A certificate of the shared authority, and the key that alone can sign for it.</summary>
internal sealed class SigningIdentity
{
    public SigningIdentity(string keyType = "P-256", bool forClients = false, KeyUse? use = null)
    {
        Use = use ?? new KeyUse();
        AsymmetricAlgorithm inner = MakeKey(keyType);
        Key = inner is RSA rsa ? new SigningRsa(rsa, Use) : new SigningECDsa((ECDsa)inner, Use);
        using var issued = TestAuthority.Default.Issue(subject: "CN=signing", forClients: forClients, key: inner);
        Public = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(issued.RawData);
    }

    public KeyUse Use { get; }

    public AsymmetricAlgorithm Key { get; }

    /// <summary>The certificate, without any private key.</summary>
    public System.Security.Cryptography.X509Certificates.X509Certificate2 Public { get; }

    public S2nCertificate Load(bool allowConcurrentSigning = false) =>
        S2nCertificate.FromX509(Public, Key, allowConcurrentSigning: allowConcurrentSigning);

    public static AsymmetricAlgorithm MakeKey(string type) => type switch
    {
        "RSA" => RSA.Create(2048),
        "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => throw new ArgumentException(type, nameof(type)),
    };
}
