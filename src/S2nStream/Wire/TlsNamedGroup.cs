namespace S2nTls;

/// <summary>Key-exchange groups, by their numbers in IANA's registry of TLS Supported Groups. A peer may send values that have no name here.</summary>
public enum TlsNamedGroup
{
    /// <summary>NIST P-256.</summary>
    Secp256R1 = 23,
    /// <summary>NIST P-384.</summary>
    Secp384R1 = 24,
    /// <summary>NIST P-521.</summary>
    Secp521R1 = 25,
    /// <summary>Curve25519 (RFC 7748).</summary>
    X25519 = 29,
    /// <summary>Curve448 (RFC 7748).</summary>
    X448 = 30,
    /// <summary>A finite field of 2048 bits (RFC 7919).</summary>
    FFDHE2048 = 256,
    /// <summary>A finite field of 3072 bits (RFC 7919).</summary>
    FFDHE3072 = 257,
    /// <summary>A finite field of 4096 bits (RFC 7919).</summary>
    FFDHE4096 = 258,
    /// <summary>ML-KEM-512 alone (FIPS 203).</summary>
    MLKEM512 = 512,
    /// <summary>ML-KEM-768 alone (FIPS 203).</summary>
    MLKEM768 = 513,
    /// <summary>ML-KEM-1024 alone (FIPS 203).</summary>
    MLKEM1024 = 514,
    /// <summary>NIST P-256 together with ML-KEM-768.</summary>
    SecP256R1MLKEM768 = 4587,
    /// <summary>Curve25519 together with ML-KEM-768.</summary>
    X25519MLKEM768 = 4588,
    /// <summary>NIST P-384 together with ML-KEM-1024.</summary>
    SecP384R1MLKEM1024 = 4589,
}
