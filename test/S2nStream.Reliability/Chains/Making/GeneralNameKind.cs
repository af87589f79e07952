namespace S2nTls.Reliability.Chains.Making;

/// <summary>The choices of GeneralName, by their tags (RFC 5280 §4.2.1.6).</summary>
internal enum GeneralNameKind
{
    Other = 0,
    Email = 1,
    Dns = 2,
    Directory = 4,
    Uri = 6,
    Address = 7,
    RegisteredId = 8,
}
