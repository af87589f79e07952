namespace S2nTls.Reliability.Chains.Cases;

/// <summary>
/// All named cases. They go through RFC 5280 §4.2 and §6.1, and through what C2SP/x509-limbo and Netflix/bettertls try, made anew.
/// </summary>
internal static class NamedCases
{
    internal static IReadOnlyDictionary<string, NamedCase> All { get; } =
        ((NamedCase[])[.. HostNameCases.All, .. ConstraintCases.All, .. ConstraintMatrix.All, .. AuthorityCases.All, .. PathLengthCases.All, .. UsageCases.All, .. ValidityCases.All, .. AnchorCases.All, .. BuildingCases.All, .. ExtensionCases.All, .. SignatureCases.All])
        .ToDictionary(named => named.Name);
}
