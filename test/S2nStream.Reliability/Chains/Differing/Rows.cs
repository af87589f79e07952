namespace S2nTls.Reliability.Chains.Differing;

/// <summary>The rows of docs/certificates.md, by their first cells.</summary>
internal static class Rows
{
    internal const string AddressAsCommonName = "the address only in the subject's CN";
    internal const string NameBesideAddress = "the DNS name only in the CN, an address or a URI among the alternative names";
    internal const string SeveralCommonNames = "several CNs";
    internal const string CommonNameString = "a CN that is neither PrintableString nor UTF8String nor TeletexString";
    internal const string KeyUsage = "key usage without signature, encipherment and agreement";
    internal const string NoSignature = "key usage of encipherment or agreement only";
    internal const string BrokenHash = "signed with SHA-1 or MD5";
    internal const string OtherSignature = "signed with SHA-224 or Ed25519";
    internal const string SurplusHash = "a certificate signed with SHA-1 or MD5 that is sent and not needed";
    internal const string Constraints = "name constraints, or names that they bind, that AWS-LC and OpenSSL read differently";
    internal const string KnownToOpenSsl = "a critical extension that OpenSSL knows and AWS-LC does not: addresses and numbers of RFC 3779";
    internal const string NetscapeType = "Netscape's certificate type for another use";
    internal const string RequiredPolicy = "a policy is required of all below, and one of them does not say what it is for";
    internal const string PurposeAny = "for the purpose *any* and not for this one, itself or an issuer";
    internal const string ApplicationPolicies = "Microsoft's application policies for another use";
    internal const string MisleadingAnchor = "a trusted certificate of an issuer's name that is no root and leads to none, or may sign no certificates, beside the right one";
    internal const string TooMany = "more than seven certificates sent";
    internal const string TooLarge = "certificates of more than 64 KiB in all";
    internal const string IntermediateNotSent = "an intermediate that was not sent, but is among the system's roots";
    internal const string RootWithoutBasicConstraints = "a root of version 3 without basic constraints";
    internal const string PathLengthWithoutAuthority = "a path length in a certificate that is no authority's";
    internal const string RootOfAnotherKey = "a trusted root that is not signed with its own key";
    internal const string RootOfTwoSpellings = "a trusted root that spells its own name in two ways";
    internal const string Wildcard = "a wildcard that is not the whole first label, or below it only a top-level domain";
    internal const string StrongCryptography = "for Netscape's or Microsoft's strong cryptography (purposes of the nineties)";
    internal const string Malformed = "an extension that cannot be decoded, or is there twice";
    internal const string Profile = "what RFC 5280 tells issuers: key identifiers, what is critical, keyCertSign and cA together, no empty names";
    internal const string TrustedIntermediate = "an intermediate among the trusted roots, and its root too";
    internal const string MalformedSurplus = "a certificate that is sent and not needed, and cannot be decoded";
    internal const string LaterIssuer = "several certificates of an issuer, the first of which leads to one that is no good";
    internal const string FirstIssuer = "two certificates of one issuer, of which the first is no good";
    internal const string ExplicitPolicy = "a policy is required, and there is none";
    internal const string SelfSignedAuthority = "a self-signed authority as the peer's certificate, with a key usage without keyCertSign";

    internal const string GnuTlsAlone = "what all others refuse: constraints on directory names, URIs and other names, purposes of roots, intermediates that are trusted, …";
    internal const string GnuTlsConstraints = "constraints, where the names are of other types or malformed";
    internal const string GnuTlsSelfIssued = "self-issued certificates: below a path length, or the peer's own";
    internal const string GnuTlsSpelling = "issuers' names that are spelled otherwise than the subject's above";
    internal const string GnuTlsPaths = "several certificates of one name, where the first does not lead to a root";
    internal const string GnuTlsKeys = "curves and hashes of its own choice";
    internal const string GnuTlsExtensions = "critical extensions for policies and of the nineties";
    internal const string GnuTlsParsing = "malformed or doubled parts that do not matter for the verdict";
    internal const string GnuTlsNames = "common names: several, wildcards, strings with a NUL";
}
