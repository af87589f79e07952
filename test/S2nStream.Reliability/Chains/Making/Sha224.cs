using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>SHA-224, which .NET has not.</summary>
internal static class Sha224
{
    /// <summary>RFC 8017 §9.2, note 1.</summary>
    private static readonly byte[] s_digestInfo = Convert.FromHexString("302d300d06096086480165030402040500041c");

    internal static byte[] Hash(byte[] data)
    {
        var digest = new Sha224Digest();
        digest.BlockUpdate(data, 0, data.Length);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return hash;
    }

    /// <summary>EMSA-PKCS1-v1_5 by hand: what is raised to the private exponent is the padded hash.</summary>
    internal static byte[] SignRsa(RSA key, byte[] data)
    {
        byte[] encoded = new byte[key.KeySize / 8];
        byte[] info = [.. s_digestInfo, .. Hash(data)];
        encoded[1] = 1;
        encoded.AsSpan(2, encoded.Length - info.Length - 3).Fill(0xFF);
        info.CopyTo(encoded, encoded.Length - info.Length);
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: true);
        var signature = System.Numerics.BigInteger.ModPow(Number(encoded), Number(parameters.D!), Number(parameters.Modulus!));
        byte[] bytes = signature.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[encoded.Length - bytes.Length], .. bytes];
    }

    private static System.Numerics.BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
