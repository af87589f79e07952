using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Tests.Certificates;

/// <summary>A root that .NET reads and AWS-LC does not: the last bit of its public key is set, and said to be unused (X.690 §11.2.1).</summary>
internal static class UnreadableRoot
{
    private static ReadOnlySpan<byte> Point => [0x03, 0x42, 0x00, 0x04];

    internal static X509Certificate2 Make()
    {
        while (true)
        {
            CertificateDraft root = GoodChain.Authority(new ChainKeys(new Random()), "Unreadable", null);
            byte[] encoded = [.. root.Encoded];
            int at = encoded.AsSpan().IndexOf(Point);
            if (encoded[at + 1 + encoded[at + 1]] % 2 == 1)
            {
                encoded[at + 2] = 1;
                return X509CertificateLoader.LoadCertificate(encoded);
            }
        }
    }
}
