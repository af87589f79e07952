using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Making.GeneralName;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>
/// As BetterTLS has it: alternative names right, wrong or missing, by DNS and by address, under each constraint that names the right or the
/// wrong, permitted or excluded.
/// </summary>
internal static class ConstraintMatrix
{
    private static readonly GeneralName s_rightName = Dns("test.example.com"), s_wrongName = Dns("bad.example.net"), s_rightAddress = Address("10.1.2.3"), s_wrongAddress = Address("192.0.2.9");
    private static readonly GeneralName s_rightTree = Dns("example.com"), s_wrongTree = Dns("example.net"), s_rightRange = Range("10.1.2.0", "255.255.255.0"), s_wrongRange = Range("192.0.2.0", "255.255.255.0");

    internal static readonly NamedCase[] All =
    [
        .. from byAddress in new[] { false, true }
           from name in new[] { null, s_rightName, s_wrongName }
           from address in new[] { null, s_rightAddress, s_wrongAddress }
           where name is not null || address is not null
           from tree in new[] { null, s_rightTree, s_wrongTree, s_rightRange, s_wrongRange }
           from excluded in tree is null ? [false] : new[] { false, true }
           select Of(byAddress, name, address, tree, excluded),
    ];

    private static NamedCase Of(bool byAddress, GeneralName? name, GeneralName? address, GeneralName? tree, bool excluded)
    {
        GeneralName[] names = [.. new[] { name, address }.OfType<GeneralName>()];
        bool named = names.Contains(byAddress ? s_rightAddress : s_rightName);
        bool kept = tree is null || names.Where(each => each.Kind == tree.Kind).All(each => IsWithin(each, tree) != excluded);
        return new NamedCase(
            $"matrix: {(byAddress ? "by address" : "by name")}, [{string.Join<GeneralName>(", ", names)}], {(tree is null ? "unconstrained" : $"{(excluded ? "excluded" : "permitted")} {(tree.Kind == GeneralNameKind.Dns ? tree : tree == s_rightRange ? "10.1.2.0/24" : "192.0.2.0/24")}")}",
            "RFC 5280 §6.1.3 b and c; RFC 9110 §4.3.4",
            named && kept ? Expected.Accepted : Expected.Refused,
            1,
            (chain, _) =>
            {
                chain.Host = byAddress ? "10.1.2.3" : "test.example.com";
                chain.Leaf.Names = names;
                chain.Path[1].Constraints = tree is null ? null : new NameConstraints(excluded ? [] : [tree], excluded ? [tree] : []);
            });
    }

    private static bool IsWithin(GeneralName name, GeneralName tree) =>
        (name == s_rightName || name == s_rightAddress) == (tree == s_rightTree || tree == s_rightRange);
}
