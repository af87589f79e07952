using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;
using S2nTls.Sessions;

namespace S2nTls.Tests.Sessions;

/// <summary>What a session's origin says: other terms of verification are another origin, and the same are the same.</summary>
public class SessionTermsTextTests
{
    private static readonly S2nRevocationListProvider s_lists = new Lists();

    private static readonly RemoteCertificateValidationCallback s_callback = (_, _, _, errors) => errors == SslPolicyErrors.None;

    private static readonly Dictionary<string, Func<string>> s_terms = new()
    {
        ["the default"] = () => Of(new S2nClientOptions()),
        ["judged by .NET"] = () => Of(new S2nClientOptions { RemoteCertificateValidationCallback = s_callback }),
        ["another policy"] = () => Of(new S2nClientOptions { SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum }),
        ["a response of OCSP is asked for"] = () => Of(new S2nClientOptions { OcspStapling = S2nOcspStapling.Request }),
        ["one is demanded"] = () => Of(new S2nClientOptions { OcspStapling = S2nOcspStapling.Require }),
        ["lists of revoked certificates"] = () => Of(new S2nClientOptions { RevocationLists = s_lists }),
        ["lists from somewhere else"] = () => Of(new S2nClientOptions { RevocationLists = new Lists() }),
        ["roots"] = () => SessionTerms.With("verified", "AB", null),
        ["other roots"] = () => SessionTerms.With("verified", "AC", null),
        ["no roots"] = () => SessionTerms.With("verified", null, null),
        ["a certificate is shown"] = () => SessionTerms.With("verified", "AB", [1]),
        ["another is shown"] = () => SessionTerms.With("verified", "AB", [2]),
        ["one is shown, and no roots"] = () => SessionTerms.With("verified", null, [1]),
        ["other terms, and the same certificate"] = () => SessionTerms.With("judged", "AB", [1]),
    };

    [Fact]
    public void Other_terms_are_another_origin()
    {
        string[] origins = [.. s_terms.Values.Select(of => of())];
        Assert.Equal(origins.Length, origins.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_same_terms_are_the_same_origin()
    {
        foreach ((string terms, Func<string> of) in s_terms.Where(entry => entry.Key != "lists from somewhere else"))
        {
            Assert.True(of() == of(), terms);
        }
    }

    [Fact]
    public void What_dotnet_judges_it_judges_anew_so_that_the_policy_does_not_count() => Assert.Equal(
        Of(new S2nClientOptions { RemoteCertificateValidationCallback = s_callback }),
        Of(new S2nClientOptions { RemoteCertificateValidationCallback = s_callback, SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum }));

    private static string Of(S2nClientOptions options) => SessionTerms.Of(ContextSettings.Of(options));

    private sealed class Lists : S2nRevocationListProvider
    {
        public override ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
