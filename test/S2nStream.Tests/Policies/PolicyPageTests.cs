using S2nTls.Translation;

namespace S2nTls.Tests.Policies;

public class PolicyPageTests
{
    [Fact]
    public void The_page_says_of_each_policy_that_options_choose_what_the_library_says()
    {
        string page = File.ReadAllText(System.IO.Path.Combine(RepositoryRoot.Path, "docs", "security-policies.md"));
        Assert.All(SecurityPolicySelection.Candidates, policy => Assert.Contains(Row(policy), page, StringComparison.Ordinal));
    }

    private static string Row(S2nSecurityPolicy policy) =>
        $"| `{policy}` | {policy.Protocols} | {string.Join(" ", policy.CipherSuites)} |\n";
}
