namespace S2nTls.Certificates.Verification;

/// <summary>Reads a certificate's signature algorithm (RFC 5280 §4.1.1.2) and the type of its own key (§4.1.2.7).</summary>
internal static class SignatureAlgorithm
{
    /// <summary>id-ecPublicKey, 1.2.840.10045.2.1.</summary>
    private static ReadOnlySpan<byte> EllipticCurveKey => [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

    /// <param name="algorithm">The contents of an AlgorithmIdentifier.</param>
    internal static CertificateSignatures Of(ReadOnlySpan<byte> algorithm)
    {
        var reader = new DerReader(algorithm);
        ReadOnlySpan<byte> identifier = reader.Read(DerReader.ObjectIdentifier);
        CertificateSignatures found = Named(identifier);
        return found switch
        {
            CertificateSignatures.RsaPss => HasGoodHashes(reader) ? found : CertificateSignatures.None,
            _ when (found & CertificateSignatures.MLDsa) != 0 => reader.IsEmpty ? found : CertificateSignatures.None,
            _ => HasNoParameters(reader) ? found : CertificateSignatures.None,
        };
    }

    /// <summary>Recognizes only the keys that policies restrict: P-384, RSA with 3072 or 4096 bits, and ML-DSA-87.</summary>
    /// <param name="publicKey">The contents of a SubjectPublicKeyInfo.</param>
    internal static CertificateKeys KeyIn(ReadOnlySpan<byte> publicKey)
    {
        var reader = new DerReader(publicKey);
        var algorithm = new DerReader(reader.Read(DerReader.Sequence));
        ReadOnlySpan<byte> identifier = algorithm.Read(DerReader.ObjectIdentifier);
        if (Named(identifier) == CertificateSignatures.MLDsa87)
        {
            return CertificateKeys.MLDsa87;
        }

        if (identifier.SequenceEqual(EllipticCurveKey))
        {
            return algorithm.Read(DerReader.ObjectIdentifier) is [0x2b, 0x81, 0x04, 0x00, 0x22] ? CertificateKeys.P384 : CertificateKeys.None;
        }

        // rsaEncryption, id-RSASSA-PSS (RFC 4055 §1.2)
        return identifier is [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 or 0x0a]
            ? BitsOfModulus(reader.Read(DerReader.BitString)) switch
            {
                3072 => CertificateKeys.Rsa3072,
                4096 => CertificateKeys.Rsa4096,
                _ => CertificateKeys.None,
            }
            : CertificateKeys.None;
    }

    /// <summary>Whether an elliptic curve is given by its parameters, not by its name: RFC 5480 §2.1.1 forbids it, and it allows weak curves.</summary>
    /// <param name="publicKey">The contents of a SubjectPublicKeyInfo.</param>
    internal static bool HasCurveWithoutName(ReadOnlySpan<byte> publicKey)
    {
        var reader = new DerReader(publicKey);
        var algorithm = new DerReader(reader.Read(DerReader.Sequence));
        return algorithm.Read(DerReader.ObjectIdentifier).SequenceEqual(EllipticCurveKey) && algorithm.NextTag != DerReader.ObjectIdentifier;
    }

    private static CertificateSignatures Named(ReadOnlySpan<byte> identifier) => identifier switch
    {
        // pkcs-1, 1.2.840.113549.1.1 (RFC 4055)
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, byte number] => number switch
        {
            10 => CertificateSignatures.RsaPss,
            11 => CertificateSignatures.RsaSha256,
            12 => CertificateSignatures.RsaSha384,
            13 => CertificateSignatures.RsaSha512,
            14 => CertificateSignatures.RsaSha224,
            _ => CertificateSignatures.None,
        },

        // ecdsa-with-SHA2, 1.2.840.10045.4.3 (RFC 5758 §3.2)
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, byte number] => number switch
        {
            1 => CertificateSignatures.EcdsaSha224,
            2 => CertificateSignatures.EcdsaSha256,
            3 => CertificateSignatures.EcdsaSha384,
            4 => CertificateSignatures.EcdsaSha512,
            _ => CertificateSignatures.None,
        },

        // sigAlgs, 2.16.840.1.101.3.4.3 (RFC 9881 §2)
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, byte number] => number switch
        {
            17 => CertificateSignatures.MLDsa44,
            18 => CertificateSignatures.MLDsa65,
            19 => CertificateSignatures.MLDsa87,
            _ => CertificateSignatures.None,
        },
        _ => CertificateSignatures.None,
    };

    /// <summary>NULL or nothing: implementations have always accepted both, for RSA and for ECDSA.</summary>
    private static bool HasNoParameters(DerReader rest)
    {
        const byte Null = 0x05;
        return rest.IsEmpty || rest.NextTag == Null && rest.Read(Null).IsEmpty && !rest.Failed && rest.IsEmpty;
    }

    /// <summary>RFC 4055 §3.1: an omitted hash is SHA-1. The hash of the mask must be an accepted one too.</summary>
    private static bool HasGoodHashes(DerReader rest)
    {
        // id-mgf1, 1.2.840.113549.1.1.8
        ReadOnlySpan<byte> mgf1 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
        var parameters = new DerReader(rest.Read(DerReader.Sequence));
        var hash = new DerReader(parameters.ReadOptional(DerReader.ContextTag(0, isConstructed: true)));
        var mask = new DerReader(parameters.ReadOptional(DerReader.ContextTag(1, isConstructed: true)));
        var maskAlgorithm = new DerReader(mask.Read(DerReader.Sequence));
        return IsSha2(hash.Read(DerReader.Sequence)) && maskAlgorithm.Read(DerReader.ObjectIdentifier).SequenceEqual(mgf1) && IsSha2(maskAlgorithm.Read(DerReader.Sequence)) &&
            !rest.Failed && !parameters.Failed && parameters.NextTag != DerReader.ContextTag(3, isConstructed: true); // another trailer than PKCS #1's
    }

    private static bool IsSha2(ReadOnlySpan<byte> algorithm)
    {
        // hashAlgs, 2.16.840.1.101.3.4.2: SHA-256, SHA-384, SHA-512
        var reader = new DerReader(algorithm);
        return reader.Read(DerReader.ObjectIdentifier) is [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 1 or 2 or 3];
    }

    /// <param name="encoded">A BIT STRING's contents: RSAPublicKey (RFC 8017 §A.1.1).</param>
    private static int BitsOfModulus(ReadOnlySpan<byte> encoded)
    {
        var reader = new DerReader(encoded.IsEmpty ? encoded : encoded[1..]);
        var key = new DerReader(reader.Read(DerReader.Sequence));
        ReadOnlySpan<byte> modulus = key.Read(DerReader.Integer).TrimStart((byte)0);
        return modulus.IsEmpty ? 0 : modulus.Length * 8 - (byte.LeadingZeroCount(modulus[0]));
    }
}
