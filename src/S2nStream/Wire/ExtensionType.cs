namespace S2nTls.Wire;

/// <summary>IANA's numbers for the extensions that are read here.</summary>
internal static class ExtensionType
{
    internal const int ServerName = 0;
    internal const int SupportedGroups = 10;
    internal const int PointFormats = 11;
    internal const int SignatureAlgorithms = 13;
    internal const int ApplicationProtocols = 16;
    internal const int ExtendedMasterSecret = 23;
    internal const int SessionTicket = 35;
    internal const int PreSharedKey = 41;
    internal const int SupportedVersions = 43;
    internal const int CertificateAuthorities = 47;
}
